// `im-protocol vectors`: runs the test vectors against another implementation, which gets a JSON line per request and answers with one.
import { inertText, quoted } from '../../wire/quoted.js';
import type { Arguments } from '../command.js';
import { Failure, INVALID, OK, usageError } from '../exit.js';
import { linesOf } from '../input/lines.js';
import { jsonText, log, Output, writeOut } from '../output.js';
import { AnswerChecker } from './check-answer.js';
import { type Request, type VectorRequest, vectorRequests } from './requests.js';

export async function run(args: Arguments): Promise<number> {
  const [command, ...rest] = args.operands;
  if (args.flag('answer')) return answerAll();
  const only = args.text('only') ?? '';
  const requests = [...vectorRequests()].filter(({ file, vector }) => `${file}/${vector}`.includes(only));
  if (requests.length === 0) throw usageError(`--only ${quoted(only, 40)}: no such vector`);
  if (args.flag('list')) return list(requests);
  if (command === undefined) throw usageError('vectors needs a command after --, or --list, or --answer');
  return compare(requests, command, rest, args);
}

/** The line that the implementation receives. */
function requestLine(id: number, { vector, request }: VectorRequest): string {
  return JSON.stringify({ id, vector, ...request });
}

async function list(requests: readonly VectorRequest[]): Promise<number> {
  const output = new Output();
  for (const [i, request] of requests.entries()) {
    output.line(requestLine(i + 1, request));
    if (output.isFull) await output.flush();
  }
  await output.flush();
  return OK;
}

async function compare(
  requests: readonly VectorRequest[],
  command: string,
  rest: readonly string[],
  args: Arguments,
): Promise<number> {
  const { Implementation } = await import('./implementation.js');
  const other = await Implementation.start(command, rest, args.number('timeout', 1, 3_600_000) ?? 10_000);
  const checker = new AnswerChecker({ noRules: args.flag('no-rules'), protobuf: args.flag('protobuf') });
  const counts = { passed: 0, failed: 0, skipped: 0 };
  try {
    for (const [i, request] of requests.entries()) {
      const answer = await other.ask(i + 1, requestLine(i + 1, request));
      const result = checker.check(request, answer);
      counts[result.outcome]++;
      if (args.flag('json'))
        await writeOut(`${jsonText({ file: request.file, vector: request.vector, op: request.request.op, ...result })}\n`);
      else if (result.outcome === 'failed')
        await writeOut(`${inertText(`${request.file}/${request.vector}, ${request.request.op}: ${result.text}`)}\n`);
    }
  } finally {
    other.stop();
  }
  log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
  return counts.failed === 0 ? OK : INVALID;
}

/** Answers the requests on stdin with this implementation. */
async function answerAll(): Promise<number> {
  const { answer } = await import('./answer.js');
  for await (const line of linesOf(process.stdin as AsyncIterable<Uint8Array>)) {
    if (line.trim() === '') continue;
    const request = parsed(line);
    await writeOut(`${JSON.stringify({ id: request.id, ...answer(request) })}\n`);
  }
  return OK;
}

function parsed(line: string): Request & { id: number } {
  try {
    return JSON.parse(line) as Request & { id: number };
  } catch {
    throw new Failure(INVALID, 'expected a JSON object on each line of stdin');
  }
}
