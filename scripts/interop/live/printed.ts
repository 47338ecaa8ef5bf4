/** A received frame, as programs in other languages print it. */
export interface Printed {
  readonly type: string;
  // biome-ignore lint/suspicious/noExplicitAny: JSON of any message.
  readonly message: any;
}

/** "SendInfo {...}" */
export function printed(line: string): Printed {
  const at = line.indexOf(' ');
  return { type: line.slice(0, at), message: JSON.parse(line.slice(at + 1)) };
}

/** Whether the line is a SendInfo with this command. */
export function hasCommand(cmd: string): (line: string) => boolean {
  return (line) => line.startsWith('SendInfo ') && printed(line).message.cmd === cmd;
}
