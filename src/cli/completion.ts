// `im-protocol completion`: completion scripts for shells, generated from the descriptions of the commands.
import type { Arguments, CommandSpec } from './command.js';
import { COMMANDS } from './commands.js';
import { OK, usageError } from './exit.js';
import { writeOut } from './output.js';

export async function run({ operands: [shell, ...rest] }: Arguments): Promise<number> {
  const script = shell === undefined || rest.length > 0 ? undefined : SCRIPTS[shell];
  if (script === undefined) throw usageError('completion needs one shell: bash, zsh or fish');
  await writeOut(script());
  return OK;
}

const SCRIPTS: Readonly<Record<string, () => string>> = { bash, zsh, fish };

function flags({ options }: CommandSpec): string[] {
  return Object.entries(options).flatMap(([key, { short }]) => [`--${key}`, ...(short ? [`-${short}`] : [])]);
}

/** The options with a fixed set of values. */
function choices({ options }: CommandSpec): [key: string, short: string | undefined, values: readonly string[]][] {
  return Object.entries(options).flatMap(([key, { short, choices }]) =>
    choices === undefined ? [] : [[key, short, choices] as [string, string | undefined, readonly string[]]],
  );
}

function bash(): string {
  const cases = COMMANDS.map((command) => {
    const values = choices(command).map(
      ([key, short, list]) =>
        `      ${short ? `-${short}|` : ''}--${key}) COMPREPLY=($(compgen -W "${list.join(' ')}" -- "$cur")); return ;;`,
    );
    return [
      `  ${command.name})`,
      ...(values.length > 0 ? ['    case "$prev" in', ...values, '    esac'] : []),
      `    COMPREPLY=($(compgen -W "${[...flags(command), ...(command.words ?? [])].join(' ')}" -- "$cur")) ;;`,
    ].join('\n');
  });
  return `# Completion of im-protocol for bash: source <(im-protocol completion bash)
_im_protocol() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]}
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "${COMMANDS.map(({ name }) => name).join(' ')} --help --version" -- "$cur"))
    return
  fi
  case "\${COMP_WORDS[1]}" in
${cases.join('\n')}
  esac
}
complete -o default -F _im_protocol im-protocol
`;
}

function zsh(): string {
  const quoted = (text: string): string => text.replace(/'/g, "'\\''").replace(/[[\]:]/g, '\\$&');
  const cases = COMMANDS.map((command) => {
    const specs = Object.entries(command.options).map(([key, { short, value, choices: list, help, multiple }]) => {
      const action =
        value === undefined ? '' : `:${value}:${list ? `(${list.join(' ')})` : /FILE|FOLDER/.test(value) ? '_files' : ''}`;
      const star = multiple ? '*' : '';
      const names = short ? [`'${star}-${short}`, `'${star}--${key}`] : [`'${star}--${key}`];
      return names.map((name) => `      ${name}[${quoted(help)}]${quoted(action).replace(/\\:/g, ':')}'`).join(' \\\n');
    });
    const operand = command.words
      ? `'*:${command.operands.replace(/[[\]:']/g, '')}:(${command.words.join(' ')})'`
      : "'*:input:_files'";
    return `    ${command.name}) _arguments \\\n${specs.join(' \\\n')} \\\n      ${operand} ;;`;
  });
  return `#compdef im-protocol
# Completion of im-protocol for zsh: source <(im-protocol completion zsh), after compinit.
_im_protocol() {
  local -a commands
  commands=(
${COMMANDS.map(({ name, summary }) => `    '${name}:${quoted(summary)}'`).join('\n')}
  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  local command=$words[2]
  shift words
  (( CURRENT-- ))
  case $command in
${cases.join('\n')}
  esac
}
compdef _im_protocol im-protocol
`;
}

function fish(): string {
  const quoted = (text: string): string => `'${text.replace(/['\\]/g, '\\$&')}'`;
  const lines = COMMANDS.flatMap((command) => {
    const inside = `complete -c im-protocol -n '__fish_seen_subcommand_from ${command.name}'`;
    return [
      `complete -c im-protocol -n __fish_use_subcommand -f -a ${command.name} -d ${quoted(command.summary)}`,
      ...Object.entries(command.options).map(([key, { short, value, choices: list, help }]) =>
        [
          inside,
          `-l ${key}`,
          ...(short ? [`-s ${short}`] : []),
          ...(value ? ['-r'] : []),
          ...(list ? [`-f -a '${list.join(' ')}'`] : []),
          `-d ${quoted(help)}`,
        ].join(' '),
      ),
      ...(command.words ? [`${inside} -f -a '${command.words.join(' ')}'`] : []),
    ];
  });
  return `# Completion of im-protocol for fish.\n${lines.join('\n')}\n`;
}
