// `im-protocol decode`: prints frames as text or JSON.
import { CommandTable } from '../../generated/im/protocol/v1/command.codec.js';
import type { Frame } from '../codec/frame.js';
import { redact } from '../codec/redact.js';
import type { ProtocolError } from '../errors.js';
import { enumName } from '../inspect/value-text.js';
import { type FrameInit, frameToJSON } from '../json/index.js';
import type { JsonValue } from '../json/json-options.js';
import { inertJson, inertText } from '../wire/quoted.js';
import type { Arguments } from './command.js';
import { ExitStatus } from './exit.js';
import { frameRow } from './frame-row.js';
import { openInput } from './input/open-input.js';
import { createPaint, jsonText, log, Output, type Paint } from './output.js';
import { type AppTypes, loadAppTypes } from './protos/app-types.js';
import { type ReadFrame, readOne, readRules } from './read-one.js';
import { eachFrame, type FrameBytes, maxFrameBytesOf } from './streams.js';

export async function run(args: Arguments): Promise<number> {
  if (args.text('legacy') !== undefined) return (await import('./decode-texts.js')).run(args);
  const types = await loadAppTypes(args);
  const rules = readRules(args.number('protocol-version', 1, 127));
  const show = args.flag('json') ? jsonLine : textOf(createPaint(args.text('color')), args.flag('secrets'));
  const output = new Output();
  const status = new ExitStatus();
  await eachFrame(
    openInput(args, status),
    maxFrameBytesOf(args),
    (frame) => {
      const read = readOne(frame.b, frame.start, frame.end, rules);
      const isKnown =
        read.error === undefined || (read.error.code === 'UNSUPPORTED_TYPE' && types.payloads.has(frame.b[frame.start + 5]));
      if (!isKnown) status.isInvalid = true;
      output.write(show(frame, read, types));
    },
    (error, flow) => {
      status.add(error);
      log(flow === '' ? error.message : `${flow}: ${error.message}`);
    },
    output,
  );
  return status.code;
}

function jsonLine({ b, start, end, flow }: FrameBytes, read: ReadFrame, types: AppTypes): string {
  const row = frameRow(b, start, end, read, types);
  return `${jsonText(flow === '' ? row : { flow, ...row })}\n`;
}

/** A frame as text: a line for the header, errors, and the message. */
function textOf(paint: Paint, secrets: boolean) {
  return ({ b, start, end, offset, flow }: FrameBytes, { frame, error }: ReadFrame, types: AppTypes): string => {
    const app =
      frame === undefined
        ? (frameRow(b, start, end, { frame, error }, types, secrets).message as JsonValue | undefined)
        : undefined;
    const name = frame?.type ?? `type ${b[start + 5]}`;
    const flags = (b[start + 6] << 8) | b[start + 7];
    const header = [
      `${flow === '' ? '' : `${inertText(flow)}  `}byte ${offset}: ${paint('bold', name)}`,
      ...commandOf(frame?.message).map((command) => paint('cyan', command)),
      `version ${b[start + 4]}`,
      ...(flags === 0 ? [] : [`flags 0x${flags.toString(16).padStart(4, '0')}`]),
      `${end - start} bytes`,
    ];
    const errors =
      error === undefined || app !== undefined ? [] : problemLines(error).map((line) => paint('red', `! ${inertText(line)}`));
    return [header.join(', '), ...errors, ...messageLines(frame, app, secrets, types), ''].join('\n');
  };
}

export function commandOf(message: object | undefined): string[] {
  const command = (message as { cmd?: number } | undefined)?.cmd;
  if (command === undefined) return [];
  return [enumName(CommandTable, command) ?? String(command)];
}

export function problemLines({ message, issues }: ProtocolError): string[] {
  return issues === undefined || issues.length < 2 ? [message] : issues.map((issue) => `${issue.path}: ${issue.message}`);
}

export function messageLines(
  frame: ReadFrame['frame'],
  app: JsonValue | undefined,
  secrets: boolean,
  types: Pick<AppTypes, 'all'>,
): string[] {
  const shown = frame === undefined || secrets ? frame : redact(frame as Frame, { types: types.all });
  const message = shown === undefined ? app : frameToJSON(shown as FrameInit, { types: types.all }).message;
  if (message === undefined) return [];
  const text = JSON.stringify(message, null, 2);
  return text.split('\n').map((line) => `  ${inertJson(line)}`);
}
