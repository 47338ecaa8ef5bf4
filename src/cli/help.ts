// The help texts.
import type { CommandSpec, OptionSpec } from './command.js';
import { COMMANDS } from './commands.js';

const WIDTH = 92;

/** The help of im-protocol itself. */
export function overview(): string {
  return [
    'im-protocol: work with frames of the IM protocol',
    '',
    'USAGE',
    '  im-protocol COMMAND [OPTIONS] ...',
    '',
    'COMMANDS',
    ...COMMANDS.map(({ name, summary }) => `  ${name.padEnd(12)}${summary}`),
    '',
    'OPTIONS',
    '  -h, --help      show this help; after a command, the help of the command',
    '  -V, --version   show the release and the protocol version',
    '',
    'EXIT CODES',
    ...EXIT_CODES,
    '',
    'EXAMPLE',
    '  im-protocol decode 0000000d0107000008021001620308e807',
    '',
  ].join('\n');
}

const EXIT_CODES = [
  '  0   success',
  '  1   the input is invalid, or the server refused',
  '  2   wrong usage',
  '  3   the input ends inside a frame or lacks bytes, with no other error',
  '  70  internal error',
];

/** The help of a command. */
export function page({ name, summary, operands, options, description, examples }: CommandSpec): string {
  const sections = [
    `im-protocol ${name}: ${summary}`,
    '',
    'USAGE',
    `  im-protocol ${name} [OPTIONS] ${operands}`,
    '',
    'DESCRIPTION',
    ...description.flatMap((paragraph, i) => [...(i === 0 ? [] : ['']), ...wrapped(paragraph, 2)]),
    '',
    'OPTIONS',
    ...Object.entries(options).flatMap(([key, option]) => optionLines(key, option)),
    '',
    'EXIT CODES',
    ...EXIT_CODES,
    '',
    'EXAMPLES',
    ...examples.flatMap(([line, description], i) => [...(i === 0 ? [] : ['']), `  # ${description}`, `  ${line}`]),
    '',
  ];
  return sections.join('\n');
}

function optionLines(key: string, { short, value, choices, help }: OptionSpec): string[] {
  const left = `  ${short ? `-${short}, ` : '    '}--${key}${value ? ` ${value}` : ''}`;
  const [first, ...rest] = wrapped(choices && key !== 'color' ? `${help} (${choices.join(', ')})` : help, 30);
  return left.length < 30 ? [left.padEnd(30) + first.trimStart(), ...rest] : [left, first, ...rest];
}

/** Wraps and indents text. */
function wrapped(text: string, indent: number): string[] {
  const lines: string[] = [];
  let line = ' '.repeat(indent);
  for (const word of text.split(' ')) {
    if (line.length + word.length > WIDTH && line.trim() !== '') {
      lines.push(line.trimEnd());
      line = ' '.repeat(indent);
    }
    line += `${word} `;
  }
  return [...lines, line.trimEnd()];
}
