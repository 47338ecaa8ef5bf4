// `im-protocol vectors`: the vectors against another implementation, a JSON line to and fro.
import { inertText } from '../wire/quoted.js';
import type { Arguments } from './command.js';
import { Failure, INVALID, OK, usageError } from './exit.js';
import { linesOf } from './input/lines.js';
import { jsonText, Output, say, writeOut } from './output.js';
import { Judge } from './vector-judge.js';
import { type Request, type VectorRequest, vectorRequests } from './vector-requests.js';

export async function run(args: Arguments): Promise<number> {
  const [command, ...rest] = args.operands;
  if (args.flag('answer')) return answerAll();
  const only = args.text('only') ?? '';
  const requests = [...vectorRequests()].filter(({ file, vector }) => `${file}/${vector}`.includes(only));
  if (requests.length === 0) throw usageError(`--only ${only}: no vector is called so`);
  if (args.flag('list')) return list(requests);
  if (command === undefined) throw usageError('vectors wants a command behind --, or --list or --answer');
  return compare(requests, command, rest, args);
}

/** A request as the implementation gets it. */
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
  const judge = new Judge({ noRules: args.flag('no-rules'), protobuf: args.flag('protobuf') });
  const counts = { passed: 0, failed: 0, skipped: 0 };
  try {
    for (const [i, request] of requests.entries()) {
      const answer = await other.ask(i + 1, requestLine(i + 1, request));
      const result = judge.judge(request, answer);
      counts[result.outcome]++;
      if (args.flag('json'))
        await writeOut(`${jsonText({ file: request.file, vector: request.vector, op: request.request.op, ...result })}\n`);
      else if (result.outcome === 'failed')
        await writeOut(`${inertText(`${request.file}/${request.vector}, ${request.request.op}: ${result.text}`)}\n`);
    }
  } finally {
    other.stop();
  }
  say(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
  return counts.failed === 0 ? OK : INVALID;
}

/** The other side, by this implementation. */
async function answerAll(): Promise<number> {
  const { answer } = await import('./vector-answers.js');
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
  } catch (error) {
    throw new Failure(INVALID, `a request is a JSON object on a line: ${(error as Error).message}`);
  }
}
