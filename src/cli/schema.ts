// `im-protocol schema`: lists the models, commands, limits and errors of the protocol; prints the JSON Schema of a model.
import { COMMANDS, FIRST_APPLICATION_COMMAND } from '../../generated/commands.js';
import { JSON_SCHEMAS } from '../../generated/json-schemas.js';
import { REGISTRY } from '../../generated/registry.js';
import { ERRORS } from '../errors.js';
import type { JsonObject } from '../json/json-options.js';
import * as constants from '../limits.js';
import { quoted } from '../wire/quoted.js';
import type { Arguments } from './command.js';
import { OK, usageError } from './exit.js';
import { Output } from './output.js';

export async function run(args: Arguments): Promise<number> {
  const [what = 'models', ...rest] = args.operands;
  if (rest.length > 0) throw usageError(`schema needs one name, got ${args.operands.length}`);
  const output = new Output();
  const rows = Object.hasOwn(LISTS, what) ? LISTS[what]() : undefined;
  if (rows === undefined) output.line(JSON.stringify(schemaOf(what), null, args.flag('json') ? 0 : 2));
  else if (args.flag('json')) for (const row of rows) output.line(JSON.stringify(row));
  else for (const line of table(rows)) output.line(line);
  await output.flush();
  return OK;
}

const LISTS: Readonly<Record<string, () => JsonObject[]>> = { models, commands, limits, errors };

function models(): JsonObject[] {
  const types = new Map<string, number>(Object.values(REGISTRY.frames).map(({ name, type }) => [name, type]));
  return Object.entries(JSON_SCHEMAS).map(([name, schema]) => ({
    name,
    type: types.get(name) ?? null,
    meaning: (schema as { description?: string }).description ?? '',
  }));
}

function commands(): JsonObject[] {
  return Object.entries(COMMANDS).map(([number, { name, data, fromClient, fromServer, betweenServices, reply }]) => ({
    number: Number(number),
    name,
    data: [...data],
    from: [...(fromClient ? ['client'] : []), ...(fromServer ? ['server'] : []), ...(betweenServices ? ['services'] : [])],
    reply: reply === undefined ? null : (COMMANDS[reply]?.name ?? reply),
  }));
}

function limits(): JsonObject[] {
  // DEFAULT_LIMITS repeats two of the others.
  const named = Object.entries(constants)
    .filter(([name]) => name !== 'DEFAULT_LIMITS')
    .map(([name, value]) => ({
      name,
      value: Array.isArray(value) ? [...value] : (value as number),
    }));
  return [...named, { name: 'FIRST_APPLICATION_COMMAND', value: FIRST_APPLICATION_COMMAND }].sort((a, b) =>
    a.name < b.name ? -1 : 1,
  );
}

function errors(): JsonObject[] {
  return Object.entries(ERRORS).map(([name, { number, closes, reconnect, retry, local }]) => ({
    number,
    name,
    closeCode: constants.CLOSE_CODE_BASE + number,
    properties: Object.entries({ closes, reconnect, retry, local }).flatMap(([property, isSo]) => (isSo ? [property] : [])),
  }));
}

/** The JSON Schema of a model, with those that it references. */
function schemaOf(name: string): JsonObject {
  const found = Object.keys(JSON_SCHEMAS).find((candidate) => candidate.toLowerCase() === name.toLowerCase());
  if (found === undefined) {
    throw usageError(
      `schema: expected ${Object.keys(LISTS).join(', ')} or a model, got ${quoted(name, 40)}; models: ${Object.keys(JSON_SCHEMAS).join(', ')}`,
    );
  }
  const names = new Set([found]);
  for (const one of names) {
    for (const [, other] of JSON.stringify(JSON_SCHEMAS[one]).matchAll(/"#\/\$defs\/(\w+)"/g)) names.add(other);
  }
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: found,
    $ref: `#/$defs/${found}`,
    $defs: Object.fromEntries([...names].sort().map((one) => [one, JSON_SCHEMAS[one] as JsonObject])),
  };
}

/** Formats rows as aligned columns. */
function table(rows: readonly JsonObject[]): string[] {
  const keys = Object.keys(rows[0]);
  const cells = [keys.map((key) => key.toUpperCase()), ...rows.map((row) => keys.map((key) => cell(row[key])))];
  const widths = keys.map((_key, i) => Math.max(...cells.map((line) => line[i].length)));
  return cells.map((line) =>
    line
      .map((text, i) => (i === keys.length - 1 ? text : text.padEnd(widths[i] + 2)))
      .join('')
      .trimEnd(),
  );
}

function cell(value: JsonObject[string]): string {
  if (value === null || value === undefined || (Array.isArray(value) && value.length === 0)) return '-';
  return Array.isArray(value) ? value.join(', ') : String(value);
}
