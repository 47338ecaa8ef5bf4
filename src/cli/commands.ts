// All commands: what help and completion tell of them. Their code is loaded when one is run.
import type { CommandSpec, OptionSpecs } from './command.js';

const HELP: OptionSpecs = { help: { type: 'boolean', short: 'h', help: 'show this page' } };

export const FORMATS = ['raw', 'hex', 'base64', 'hexdump', 'pcap', 'pcapng', 'tcpdump', 'har'] as const;

const INPUT: OptionSpecs = {
  from: { type: 'string', short: 'f', value: 'FORMAT', choices: FORMATS, help: 'what the input is; left out, it is found out' },
  follow: { type: 'boolean', short: 'F', help: 'wait for what is appended to the file, as tail -f does' },
  'max-frame-bytes': { type: 'string', value: 'N', help: 'refuse larger frames; 8 to 16777219, which is the default' },
  'protocol-version': { type: 'string', value: 'V', help: 'take frames of this version alone' },
  quiet: { type: 'boolean', short: 'q', help: 'no guess, no summary, no progress on stderr' },
};

const TYPES: OptionSpecs = {
  proto: {
    type: 'string',
    short: 'p',
    value: 'FILE',
    multiple: true,
    help: 'a .proto file with messages of an application',
  },
  'proto-path': {
    type: 'string',
    short: 'I',
    value: 'FOLDER',
    multiple: true,
    help: 'where its imports are looked up; that of the file always is',
  },
  type: {
    type: 'string',
    short: 't',
    value: '[N=]NAME',
    multiple: true,
    help: 'frames of type N (left out: 128 to 255) hold this message',
  },
};

const SECRETS: OptionSpecs = { secrets: { type: 'boolean', help: 'show tokens, device and session ids' } };
const COLOR: OptionSpecs = {
  color: {
    type: 'string',
    value: 'WHEN',
    choices: ['auto', 'always', 'never'],
    help: 'auto (default): on a terminal, unless NO_COLOR is set',
  },
};
const JSON_OUT: OptionSpecs = { json: { type: 'boolean', short: 'j', help: 'one JSON object a line' } };

const INPUT_TEXT =
  'INPUT is a file, "-" for stdin (the default), or the bytes themselves in hex or base64. It may be raw bytes, hex, base64, a hexdump (xxd, hexdump -C, od, Wireshark, Chrome), a capture (pcap, pcapng, or what tcpdump -x or -X prints), or a HAR file with WebSocket messages. What it is taken for is told on stderr.';

export const COMMANDS: readonly CommandSpec[] = [
  {
    name: 'decode',
    summary: 'frames to text or JSON',
    operands: '[INPUT]',
    options: { ...JSON_OUT, ...INPUT, ...TYPES, ...SECRETS, ...COLOR, ...HELP },
    description: [
      INPUT_TEXT,
      'With --json a frame is {"version", "type", "flags", "message"}, secrets included, with "flow" in front where the input has several streams, and "encode" makes the same bytes of it. Where the message alone would not (fields in another order, a compressed payload), "payload" has the bytes in base64 too; a frame that is refused has "payload" and "error".',
      'A refused frame does not end the stream; broken framing does.',
    ],
    examples: [
      ['im-protocol decode 0000000d0107000008021001620308e807', 'one frame, given in hex'],
      ['im-protocol decode --json capture.pcap | jq .message.cmd', 'the commands in a capture'],
      ['tcpdump -i lo -U -w - port 9000 | im-protocol decode', 'live traffic, TCP and WebSocket'],
      ['im-protocol decode --proto polls.proto capture.bin', 'with the messages of an application'],
    ],
    load: () => import('./decode.js'),
  },
  {
    name: 'encode',
    summary: 'JSON to frames',
    operands: '[INPUT]',
    options: {
      to: {
        type: 'string',
        value: 'FORMAT',
        choices: ['raw', 'hex', 'base64'],
        help: 'what is written: raw (default; hex on a terminal), or hex or base64, a line a frame',
      },
      'no-validate': { type: 'boolean', help: 'do not check the rules of the schema' },
      ...TYPES,
      ...HELP,
    },
    description: [
      'INPUT is a file, "-" for stdin (the default), or the JSON itself: objects as "decode --json" writes them, one behind the other, or a list of them. "version" and "flags" may be left out.',
      'Where "payload" is given, it is taken as it is. "message" beside it has to say the same: who changes the message takes the payload out.',
    ],
    examples: [
      [`im-protocol encode '{"type":"UserInfo","message":{"userId":"7","terminal":"TERMINAL_APP"}}' --to hex`, 'one frame'],
      ['im-protocol decode --json capture.bin | im-protocol encode | cmp - capture.bin', 'nothing is lost'],
    ],
    load: () => import('./encode.js'),
  },
  {
    name: 'inspect',
    summary: 'which byte says what',
    operands: '[INPUT]',
    options: {
      all: { type: 'boolean', short: 'a', help: 'all bytes of long values' },
      ...JSON_OUT,
      ...INPUT,
      ...TYPES,
      ...SECRETS,
      ...COLOR,
      ...HELP,
    },
    description: [
      INPUT_TEXT,
      'Each line has bytes and what they say. What is wrong stands below the bytes that it is about; it goes on behind that, with the next field or the next frame.',
    ],
    examples: [
      ['im-protocol inspect 0000000d0107000008021001620308e807', 'a heartbeat'],
      ['im-protocol inspect --json capture.bin', 'the tree of parts, a frame a line'],
    ],
    load: () => import('./inspect.js'),
  },
  {
    name: 'validate',
    summary: 'what is wrong with frames',
    operands: '[INPUT]',
    options: { ...JSON_OUT, ...INPUT, ...HELP },
    description: [
      INPUT_TEXT,
      'Each rule that is broken is a line on stdout: where, which, and the figures. Exits with 1 if there is one, with 3 if all that is wrong is that the end is missing.',
    ],
    examples: [['im-protocol validate capture.bin && echo fine', 'check a capture']],
    load: () => import('./validate.js'),
  },
  {
    name: 'schema',
    summary: 'models, commands, limits, errors',
    operands: '[models|commands|limits|errors|NAME]',
    options: { ...JSON_OUT, ...HELP },
    description: ['Lists what the protocol has. With the name of a model, prints the JSON Schema of its JSON form.'],
    examples: [
      ['im-protocol schema commands', 'all commands'],
      ['im-protocol schema SendInfo', 'the JSON Schema of a model'],
    ],
    words: ['models', 'commands', 'limits', 'errors'],
    load: () => import('./schema.js'),
  },
  {
    name: 'handshake',
    summary: 'what a server negotiates',
    operands: 'URL',
    options: {
      versions: { type: 'string', value: 'LIST', help: 'versions to offer, as in 1,2; default: those of this release' },
      features: { type: 'string', value: 'LIST', help: 'features to offer; default: deflate' },
      token: {
        type: 'string',
        value: 'TOKEN',
        help: 'log in with it; IM_TOKEN in the environment does the same, and shows in no list of processes',
      },
      'device-id': { type: 'string', value: 'ID', help: 'the device id of the login' },
      heartbeats: { type: 'string', value: 'N', help: 'so many heartbeats, with their round trips; default 1' },
      timeout: { type: 'string', value: 'MS', help: 'milliseconds to wait for each answer; default 10000' },
      insecure: { type: 'boolean', help: 'take any certificate' },
      ...JSON_OUT,
      ...HELP,
    },
    description: [
      'URL is tcp://host:port, tls://host:port, ws://... or wss://... (these two need the package ws). Each frame is a line, with the time since the start; then what is agreed.',
      'Exits with 1 if the server refuses or answers against the rules, with 3 if it closes in the middle.',
    ],
    examples: [
      ['im-protocol handshake tcp://127.0.0.1:9000', 'over TCP'],
      ['IM_TOKEN=... im-protocol handshake wss://im.example.com/ws --heartbeats 3', 'with a login'],
    ],
    load: () => import('./handshake.js'),
  },
  {
    name: 'vectors',
    summary: 'run the test vectors against another implementation',
    operands: '[-- COMMAND [ARGUMENT...]]',
    options: {
      only: { type: 'string', value: 'TEXT', help: 'vectors whose name or file contains it' },
      'no-rules': { type: 'boolean', help: 'it checks no rules of fields: it may accept what breaks them alone' },
      protobuf: {
        type: 'boolean',
        help: 'it stands on a protobuf library: it may read what protobuf does, order fields as it likes, and leave $unknown out of JSON',
      },
      list: { type: 'boolean', help: 'print the requests instead of running a command' },
      answer: { type: 'boolean', help: 'be the other side: read requests from stdin, answer them with this implementation' },
      timeout: { type: 'string', value: 'MS', help: 'milliseconds to wait for each answer; default 10000' },
      ...JSON_OUT,
      ...HELP,
    },
    description: [
      'COMMAND is started once. It gets a request a line on stdin, and writes an answer a line on stdout, in the same order; docs/cli.md has the form of both. What differs is printed.',
    ],
    examples: [
      ['im-protocol vectors -- java -jar my-decoder.jar', 'run all vectors'],
      [
        'im-protocol vectors --no-rules --protobuf -- python3 reader.py',
        'a reader that stands on a protobuf library, without a validator',
      ],
      ['im-protocol vectors -- im-protocol vectors --answer', 'this implementation against itself'],
    ],
    load: () => import('./vectors.js'),
  },
  {
    name: 'completion',
    summary: 'completion for bash, zsh or fish',
    operands: 'bash|zsh|fish',
    options: { ...HELP },
    description: ['Prints a script for the shell.'],
    examples: [
      ['source <(im-protocol completion bash)', 'bash, in ~/.bashrc; zsh likewise'],
      ['im-protocol completion fish > ~/.config/fish/completions/im-protocol.fish', 'fish'],
    ],
    words: ['bash', 'zsh', 'fish'],
    load: () => import('./completion.js'),
  },
];
