// The tables of options, callbacks and members in docs/*.md, with their TSDoc, read from the types by the TypeScript compiler.
import { join } from 'node:path';
import ts from 'typescript';
import { ROOT } from '../breaking/baseline.js';
import { type Cell, markdownTable } from './markdown-table.js';

interface Section {
  /** The name in the marker. */
  readonly marker: string;
  readonly file: string;
  readonly type: string;
  /** The interfaces that declare its members. */
  readonly from: readonly string[];
  readonly shows: 'options' | 'callbacks' | 'members';
}

const LISTEN = { file: 'src/node/listen-options.ts', type: 'ListenOptions' };
const CONNECT = { file: 'src/node/connect.ts', type: 'ConnectOptions' };
const OUTBOX = { file: 'src/connection/outbox.ts' };
const SERVE_BROKER = {
  file: 'src/server/serve-broker.ts',
  type: 'ServeBrokerOptions',
  from: ['ServeBrokerOptions', 'DeliverOptions'],
};
const DRAIN_ON_SIGNAL = {
  file: 'src/node/drain-on-signal.ts',
  type: 'DrainOnSignalOptions',
  from: ['DrainOnSignalOptions', 'DrainOptions'],
};
const CLIENT_SIDE = ['ClientOptions', 'ClientSessionOptions'];

const SECTIONS: readonly Section[] = [
  { marker: 'listen-callbacks', ...LISTEN, from: ['ServerHandlers', 'ListenOptions'], shows: 'callbacks' },
  { marker: 'listen-options', ...LISTEN, from: ['ListenOptions', 'ServerSessionOptions'], shows: 'options' },
  { marker: 'connect-callbacks', ...CONNECT, from: CLIENT_SIDE, shows: 'callbacks' },
  { marker: 'connect-options', ...CONNECT, from: CLIENT_SIDE, shows: 'options' },
  { marker: 'connect-node-options', ...CONNECT, from: ['ConnectOptions'], shows: 'options' },
  {
    marker: 'connect-web-options',
    file: 'src/web/connect.ts',
    type: 'ConnectOptions',
    from: ['ConnectOptions'],
    shows: 'options',
  },
  { marker: 'platform-members', file: 'src/connection/platform.ts', type: 'Platform', from: ['Platform'], shows: 'members' },
  { marker: 'session-options', ...LISTEN, from: ['SessionOptions'], shows: 'options' },
  { marker: 'backoff-options', file: 'src/session/backoff.ts', type: 'Backoff', from: ['Backoff'], shows: 'options' },
  { marker: 'server-members', file: 'src/node/listen-options.ts', type: 'Server', from: ['Server'], shows: 'members' },
  {
    marker: 'connection-members',
    file: 'src/connection/server-connection.ts',
    type: 'ServerConnection',
    from: ['ServerConnection'],
    shows: 'members',
  },
  { marker: 'client-members', file: 'src/connection/client.ts', type: 'Client', from: ['Client'], shows: 'members' },
  {
    marker: 'snapshot-members',
    file: 'src/connection/client.ts',
    type: 'ClientSnapshot',
    from: ['ClientSnapshot'],
    shows: 'members',
  },
  {
    marker: 'request-options',
    file: 'src/connection/outgoing-requests.ts',
    type: 'RequestOptions',
    from: ['RequestOptions'],
    shows: 'options',
  },
  { marker: 'outbox-options', ...OUTBOX, type: 'OutboxOptions', from: ['OutboxOptions'], shows: 'options' },
  { marker: 'outbox-callbacks', ...OUTBOX, type: 'OutboxOptions', from: ['OutboxOptions'], shows: 'callbacks' },
  { marker: 'outbox-members', ...OUTBOX, type: 'Outbox', from: ['Outbox'], shows: 'members' },
  {
    marker: 'outbox-message-members',
    file: 'src/connection/outbox-entry.ts',
    type: 'OutboxMessage',
    from: ['OutboxMessage'],
    shows: 'members',
  },
  { marker: 'accept-request-members', ...LISTEN, type: 'AcceptRequest', from: ['AcceptRequest'], shows: 'members' },
  { marker: 'drain-options', ...LISTEN, type: 'DrainOptions', from: ['DrainOptions'], shows: 'options' },
  { marker: 'drain-on-signal-options', ...DRAIN_ON_SIGNAL, shows: 'options' },
  { marker: 'drain-on-signal-callbacks', ...DRAIN_ON_SIGNAL, shows: 'callbacks' },
  { marker: 'serve-broker-options', ...SERVE_BROKER, shows: 'options' },
  { marker: 'serve-broker-callbacks', ...SERVE_BROKER, shows: 'callbacks' },
  {
    marker: 'redis-routes-options',
    file: 'src/rocketmq/redis-routes.ts',
    type: 'RedisRoutesOptions',
    from: ['RedisRoutesOptions', 'MemoryRoutesOptions'],
    shows: 'options',
  },
  {
    marker: 'redis-deduplicator-options',
    file: 'src/rocketmq/redis-deduplicator.ts',
    type: 'RedisDeduplicatorOptions',
    from: ['RedisDeduplicatorOptions'],
    shows: 'options',
  },
  {
    marker: 'legacy-routes-options',
    file: 'src/rocketmq/legacy-routes.ts',
    type: 'LegacyRoutesOptions',
    from: ['LegacyRoutesOptions'],
    shows: 'options',
  },
  {
    marker: 'legacy-broker-options',
    file: 'src/rocketmq/legacy-broker.ts',
    type: 'LegacyBrokerOptions',
    from: ['LegacyBrokerOptions'],
    shows: 'options',
  },
  {
    marker: 'legacy-broker-callbacks',
    file: 'src/rocketmq/legacy-broker.ts',
    type: 'LegacyBrokerOptions',
    from: ['LegacyBrokerOptions'],
    shows: 'callbacks',
  },
  {
    marker: 'redis-list-broker-options',
    file: 'src/rocketmq/redis-list-broker.ts',
    type: 'RedisListBrokerOptions',
    from: ['RedisListBrokerOptions'],
    shows: 'options',
  },
  {
    marker: 'instrument-options',
    file: 'src/otel/instrument.ts',
    type: 'InstrumentOptions',
    from: ['InstrumentOptions'],
    shows: 'options',
  },
];

/** Functions that are not callbacks. */
const NOT_CALLBACKS: readonly string[] = ['random'];

export function memberTables(): [string, string][] {
  const files = [...new Set(SECTIONS.map(({ file }) => join(ROOT, file)))];
  const program = ts.createProgram(files, {
    target: ts.ScriptTarget.ES2023,
    module: ts.ModuleKind.NodeNext,
    strict: true,
    types: [],
  });
  return SECTIONS.map((section) => [section.marker, tableOf(section, program)]);
}

interface Member {
  readonly name: string;
  readonly isOptional: boolean;
  readonly isCallback: boolean;
  readonly type: string;
  readonly text: string;
}

function tableOf({ file, type, from, shows }: Section, program: ts.Program): string {
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(join(ROOT, file))!;
  const declared = checker.getExportsOfModule(checker.getSymbolAtLocation(source)!).find(({ name }) => name === type)!;
  const members = checker
    .getDeclaredTypeOfSymbol(declared)
    .getProperties()
    .flatMap((symbol) => {
      const declaration = symbol.declarations?.[0];
      return declaration !== undefined && isShown(declaration, from) ? [memberOf(symbol, declaration, checker)] : [];
    });
  if (shows === 'members') {
    const rows = members.map(({ name, type: text, text: meaning }): Cell[] => [`\`${name}\``, `\`${text}\``, meaning]);
    return markdownTable(['member', 'type', 'meaning'], rows);
  }
  const wanted = members.filter(({ isCallback }) => isCallback === (shows === 'callbacks'));
  const rows = wanted.map(({ name, isOptional, type: text, text: all }): Cell[] => {
    const { meaning, byDefault } = withoutDefault(all);
    return [`\`${name}\``, `\`${text}\``, isOptional ? byDefault : '**required**', meaning];
  });
  return markdownTable([shows === 'callbacks' ? 'callback' : 'option', 'type', 'default', 'meaning'], rows);
}

function isShown(declaration: ts.Declaration, from: readonly string[]): boolean {
  const { parent } = declaration;
  const isPublic = (ts.getCombinedModifierFlags(declaration) & (ts.ModifierFlags.Private | ts.ModifierFlags.Protected)) === 0;
  const name = ts.getNameOfDeclaration(declaration);
  const isNamed = name !== undefined && ts.isIdentifier(name);
  const isInternal = ts.getJSDocTags(declaration).some(({ tagName }) => tagName.text === 'internal');
  return isPublic && isNamed && !isInternal && 'name' in parent && from.includes((parent.name as ts.Identifier).text);
}

function memberOf(symbol: ts.Symbol, declaration: ts.Declaration, checker: ts.TypeChecker): Member {
  const { name } = symbol;
  const isOptional = (symbol.flags & ts.SymbolFlags.Optional) !== 0;
  const isFunction = checker.getNonNullableType(checker.getTypeOfSymbol(symbol)).getCallSignatures().length > 0;
  return {
    name,
    isOptional,
    isCallback: isFunction && !NOT_CALLBACKS.includes(name),
    type: typeText(declaration, isOptional),
    text: oneLine(ts.displayPartsToString(symbol.getDocumentationComment(checker))),
  };
}

/** As in the source, without the `undefined` of optional members. */
function typeText(declaration: ts.Declaration, isOptional: boolean): string {
  const node = declaration as ts.PropertySignature | ts.MethodSignature | ts.MethodDeclaration | ts.GetAccessorDeclaration;
  const result = node.type === undefined ? 'unknown' : oneLine(node.type.getText());
  if (ts.isMethodSignature(node) || ts.isMethodDeclaration(node)) {
    const generics = node.typeParameters === undefined ? '' : `<${node.typeParameters.map((each) => each.getText()).join(', ')}>`;
    return `${generics}(${node.parameters.map((each) => oneLine(each.getText())).join(', ')}) => ${result}`;
  }
  const bare = isOptional ? result.replace(/ \| undefined$/, '') : result;
  return /^\((.*=>.*)\)$/.exec(bare)?.[1] ?? bare;
}

/** Separates a short sentence about the default from the text. */
function withoutDefault(text: string): { meaning: string; byDefault: string } {
  const [sentence, byDefault] = /(?:^| )Default:? ((?:[^.`]|`[^`]*`){1,60})\.(?= |$)/.exec(text) ?? [];
  if (sentence === undefined) return { meaning: text, byDefault: '' };
  return { meaning: text.replace(sentence, '').trim(), byDefault };
}

function oneLine(text: string): string {
  return text.trim().replaceAll(/\s*\n\s*/g, ' ');
}
