// The pages of --help.
import type { CommandSpec, OptionSpec } from './command.js';
import { COMMANDS } from './commands.js';

const WIDTH = 92;

/** The page of im-protocol itself. */
export function overview(): string {
  return [
    'im-protocol: frames of the IM protocol on the command line',
    '',
    'USAGE',
    '  im-protocol COMMAND [OPTIONS] ...',
    '',
    'COMMANDS',
    ...COMMANDS.map(({ name, summary }) => `  ${name.padEnd(12)}${summary}`),
    '',
    'OPTIONS',
    '  -h, --help      show this page; behind a command, its own',
    '  -V, --version   the release, and the version of the protocol',
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
  '  0   all is well',
  '  1   the input is not valid, or a server refused',
  '  2   the command was not called as it wants to be',
  '  3   the input ends inside of a frame, or lacks bytes, and nothing else is wrong',
  '  70  a fault of this program',
];

/** The page of a command. */
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
    ...examples.flatMap(([line, does], i) => [...(i === 0 ? [] : ['']), `  # ${does}`, `  ${line}`]),
    '',
  ];
  return sections.join('\n');
}

function optionLines(key: string, { short, value, choices, help }: OptionSpec): string[] {
  const left = `  ${short ? `-${short}, ` : '    '}--${key}${value ? ` ${value}` : ''}`;
  const [first, ...rest] = wrapped(choices && key !== 'color' ? `${help} (${choices.join(', ')})` : help, 30);
  return left.length < 30 ? [left.padEnd(30) + first.trimStart(), ...rest] : [left, first, ...rest];
}

/** Text in lines of bounded length, indented. */
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
