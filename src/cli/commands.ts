// The descriptions of all commands.
import type { CommandSpec, OptionSpecs } from './command.js';

const HELP: OptionSpecs = { help: { type: 'boolean', short: 'h', help: 'show this help' } };

export const FORMATS = ['raw', 'hex', 'base64', 'hexdump', 'pcap', 'pcapng', 'tcpdump', 'har'] as const;

const INPUT: OptionSpecs = {
  from: { type: 'string', short: 'f', value: 'FORMAT', choices: FORMATS, help: 'format of the input; default: detected' },
  follow: { type: 'boolean', short: 'F', help: 'keep reading what is appended to the file, as tail -f does' },
  'max-frame-bytes': { type: 'string', value: 'N', help: 'maximum frame size: 8 to 16777219 (default)' },
  'protocol-version': { type: 'string', value: 'V', help: 'accept only frames of this version' },
  quiet: { type: 'boolean', short: 'q', help: 'no detected format, summary or progress on stderr' },
};

const TYPES: OptionSpecs = {
  proto: {
    type: 'string',
    short: 'p',
    value: 'FILE',
    multiple: true,
    help: '.proto file with the messages of an application',
  },
  'proto-path': {
    type: 'string',
    short: 'I',
    value: 'FOLDER',
    multiple: true,
    help: 'folder for imports, besides that of the file',
  },
  type: {
    type: 'string',
    short: 't',
    value: '[N=]NAME',
    multiple: true,
    help: 'message in frames of type N (default: all of 128 to 255)',
  },
};

const LEGACY: OptionSpecs = {
  legacy: {
    type: 'string',
    value: 'PROFILE',
    help: 'read JSON of an older system: box-im, binghe, or a JSON file for defineLegacyProfile',
  },
};

const SECRETS: OptionSpecs = { secrets: { type: 'boolean', help: 'show tokens, device ids and session ids' } };
const COLOR: OptionSpecs = {
  color: {
    type: 'string',
    value: 'WHEN',
    choices: ['auto', 'always', 'never'],
    help: 'auto (default): on a terminal, unless NO_COLOR is set',
  },
};
const JSON_OUT: OptionSpecs = { json: { type: 'boolean', short: 'j', help: 'print one JSON object per line' } };

const INPUT_TEXT =
  'INPUT is a file, "-" for stdin (the default), or the bytes themselves in hex or base64. It may be raw bytes, hex, base64, a hexdump (xxd, hexdump -C, od, Wireshark, Chrome), a capture (pcap, pcapng, or what tcpdump -x or -X prints), or a HAR file with WebSocket messages. The detected format is printed on stderr.';

export const COMMANDS: readonly CommandSpec[] = [
  {
    name: 'decode',
    summary: 'print frames as text or JSON',
    operands: '[INPUT]',
    options: { ...JSON_OUT, ...INPUT, ...TYPES, ...LEGACY, ...SECRETS, ...COLOR, ...HELP },
    description: [
      INPUT_TEXT,
      'With --legacy, the input has the JSON of an older system: texts of TCP with their lengths, text messages of WebSocket, or JSON objects, as in a log. Each is printed as the message of this protocol that a server makes of it.',
      'With --json a frame is {"version", "type", "flags", "message"}, including secrets, preceded by "flow" if the input has several streams. "encode" makes the same bytes of it. If the message alone would give other bytes (fields in another order, a compressed payload), the object also has "payload" with the bytes in base64. An invalid frame has "payload" and "error".',
      'An invalid frame does not end the stream; broken framing does.',
    ],
    examples: [
      ['im-protocol decode 0000000d0107000008021001620308e807', 'one frame in hex'],
      ['im-protocol decode --json capture.pcap | jq .message.cmd', 'the commands in a capture'],
      ['tcpdump -i lo -U -w - port 9000 | im-protocol decode', 'live traffic, TCP and WebSocket'],
      ['im-protocol decode --proto polls.proto capture.bin', 'with messages of an application'],
      ['im-protocol decode --legacy box-im capture.pcap', 'the JSON of an older system'],
    ],
    load: () => import('./decode.js'),
  },
  {
    name: 'encode',
    summary: 'encode JSON as frames',
    operands: '[INPUT]',
    options: {
      to: {
        type: 'string',
        value: 'FORMAT',
        choices: ['raw', 'hex', 'base64'],
        help: 'output: raw (default; hex on a terminal), or one line per frame in hex or base64',
      },
      'no-validate': { type: 'boolean', help: 'do not check the rules of the schema' },
      ...TYPES,
      ...HELP,
    },
    description: [
      'INPUT is a file, "-" for stdin (the default), or the JSON itself: a sequence or an array of objects as printed by "decode --json". "version" and "flags" are optional.',
      '"payload", if given, is used as it is, and "message" must be equal to it: remove the payload if you change the message.',
    ],
    examples: [
      [`im-protocol encode '{"type":"UserInfo","message":{"userId":"7","terminal":"TERMINAL_APP"}}' --to hex`, 'one frame'],
      ['im-protocol decode --json capture.bin | im-protocol encode | cmp - capture.bin', 'a round trip without loss'],
    ],
    load: () => import('./encode.js'),
  },
  {
    name: 'inspect',
    summary: 'print the meaning of each byte',
    operands: '[INPUT]',
    options: {
      all: { type: 'boolean', short: 'a', help: 'do not shorten long values' },
      ...JSON_OUT,
      ...INPUT,
      ...TYPES,
      ...SECRETS,
      ...COLOR,
      ...HELP,
    },
    description: [
      INPUT_TEXT,
      'Each line has bytes and their meaning. An error is printed below its bytes; inspection continues with the next field or frame.',
    ],
    examples: [
      ['im-protocol inspect 0000000d0107000008021001620308e807', 'a heartbeat'],
      ['im-protocol inspect --json capture.bin', 'the tree of parts, one frame per line'],
    ],
    load: () => import('./inspect.js'),
  },
  {
    name: 'validate',
    summary: 'print the errors of frames',
    operands: '[INPUT]',
    options: { ...JSON_OUT, ...INPUT, ...TYPES, ...HELP },
    description: [
      INPUT_TEXT,
      'Prints each violation as a line on stdout, with its position, rule and figures. Exits with 1 if there is one, with 3 if the only error is a missing end. With --proto, the structure of application messages is checked too.',
    ],
    examples: [['im-protocol validate capture.bin && echo fine', 'check a capture']],
    load: () => import('./validate.js'),
  },
  {
    name: 'schema',
    summary: 'list models, commands, limits, errors',
    operands: '[models|commands|limits|errors|NAME]',
    options: { ...JSON_OUT, ...HELP },
    description: [
      'Lists the models, commands, limits or errors of the protocol. With the name of a model, prints the JSON Schema of its JSON form.',
    ],
    examples: [
      ['im-protocol schema commands', 'all commands'],
      ['im-protocol schema SendInfo', 'the JSON Schema of a model'],
    ],
    words: ['models', 'commands', 'limits', 'errors'],
    load: () => import('./schema.js'),
  },
  {
    name: 'handshake',
    summary: 'negotiate with a server',
    operands: 'URL',
    options: {
      versions: { type: 'string', value: 'LIST', help: 'versions to offer, for example 1,2; default: those of this release' },
      features: { type: 'string', value: 'LIST', help: 'features to offer; default: all of this release' },
      token: {
        type: 'string',
        value: 'TOKEN',
        help: 'access token for a login; IM_TOKEN in the environment does not show in process lists',
      },
      'device-id': { type: 'string', value: 'ID', help: 'device id of the login' },
      heartbeats: { type: 'string', value: 'N', help: 'number of heartbeats to time; default 1' },
      timeout: { type: 'string', value: 'MS', help: 'timeout for each answer in milliseconds; default 10000' },
      insecure: { type: 'boolean', help: 'accept any certificate' },
      ...JSON_OUT,
      ...HELP,
    },
    description: [
      'URL is tcp://host:port, tls://host:port, ws://... or wss://... (WebSocket needs the package ws). Prints each frame as a line with the time since the start, then the agreement.',
      'Exits with 1 if the server refuses or breaks the protocol, with 3 if it closes the connection early.',
    ],
    examples: [
      ['im-protocol handshake tcp://127.0.0.1:9000', 'over TCP'],
      ['IM_TOKEN=... im-protocol handshake wss://im.example.com/ws --heartbeats 3', 'with a login'],
    ],
    load: () => import('./handshake/handshake.js'),
  },
  {
    name: 'vectors',
    summary: 'run the test vectors against another implementation',
    operands: '[-- COMMAND [ARGUMENT...]]',
    options: {
      only: { type: 'string', value: 'TEXT', help: 'only vectors whose name or file contains TEXT' },
      'no-rules': { type: 'boolean', help: 'it does not check field rules: it may accept frames that only break rules' },
      protobuf: {
        type: 'boolean',
        help: 'it uses a protobuf library: it may accept what protobuf accepts, order fields differently, and omit $unknown in JSON',
      },
      list: { type: 'boolean', help: 'print the requests instead of running a command' },
      answer: { type: 'boolean', help: 'answer requests from stdin with this implementation' },
      timeout: { type: 'string', value: 'MS', help: 'timeout for each answer in milliseconds; default 10000' },
      ...JSON_OUT,
      ...HELP,
    },
    description: [
      'COMMAND is started once. It reads one request per line from stdin and writes one answer per line to stdout, in the same order; see docs/cli.md for their form. Differences are printed.',
    ],
    examples: [
      ['im-protocol vectors -- java -jar my-decoder.jar', 'run all vectors'],
      [
        'im-protocol vectors --no-rules --protobuf -- python3 reader.py',
        'a reader that uses a protobuf library and does not validate',
      ],
      ['im-protocol vectors -- im-protocol vectors --answer', 'this implementation against itself'],
    ],
    load: () => import('./vectors/vectors.js'),
  },
  {
    name: 'completion',
    summary: 'print a completion script for bash, zsh or fish',
    operands: 'bash|zsh|fish',
    options: { ...HELP },
    description: ['Prints a completion script for the shell.'],
    examples: [
      ['source <(im-protocol completion bash)', 'bash, in ~/.bashrc; zsh likewise'],
      ['im-protocol completion fish > ~/.config/fish/completions/im-protocol.fish', 'fish'],
    ],
    words: ['bash', 'zsh', 'fish'],
    load: () => import('./completion.js'),
  },
];
