// The suites `library/` test formats by expressions in CEL, so their messages are refused. Most of their texts are for a format that is a
// standard rule too: the rule must give the same verdict.
import { createFileRegistry, fromBinary, type Message } from '@bufbuild/protobuf';
import { email } from '../../src/wire/standard/formats.js';
import { hostAndPort, hostname } from '../../src/wire/standard/hosts.js';
import { ip, ipPrefix, ipWithPrefix } from '../../src/wire/standard/ip.js';
import type { StandardRule } from '../../src/wire/standard/rule.js';
import { uri, uriReference } from '../../src/wire/standard/uri.js';
import { typeNameOf } from './generate.js';
import type { Suite } from './harness.js';

/** A message of `library.proto`. */
interface Input {
  readonly val: string;
  readonly portRequired?: boolean;
  readonly version?: number;
  readonly strict?: boolean;
}

type Version = 4 | 6 | undefined;

/** The rule that means the same as the expression of a suite; undefined = there is none. */
const RULES: Readonly<Record<string, (input: Input) => StandardRule<string> | undefined>> = {
  'library/is_email': () => email(),
  'library/is_hostname': () => hostname(),
  'library/is_uri': () => uri(),
  'library/is_uri_ref': () => uriReference(),
  'library/is_host_and_port': ({ portRequired }) => (portRequired ? hostAndPort() : undefined),
  'library/is_ip': ({ version }) => (isVersion(version) ? ip(versionOf(version)) : undefined),
  'library/is_ip_prefix': ({ version, strict }) => {
    if (!isVersion(version)) return undefined;
    return strict ? ipPrefix(versionOf(version)) : ipWithPrefix(versionOf(version));
  },
};

/** An expression may ask for other versions, which no address has. */
const isVersion = (version = 0): boolean => [0, 4, 6].includes(version);
const versionOf = (version = 0): Version => (version === 0 ? undefined : (version as Version));

export interface FormatResults {
  readonly passed: number;
  /** What differs. */
  readonly failed: readonly string[];
  /** Cases without a rule of the same meaning. */
  readonly others: number;
}

export function checkFormats(suites: readonly Suite[]): FormatResults {
  const failed: string[] = [];
  let passed = 0;
  let others = 0;
  for (const { name, fdset, cases } of suites.filter(({ name: suite }) => Object.hasOwn(RULES, suite))) {
    const registry = createFileRegistry(fdset);
    for (const { name: title, input, wanted } of cases) {
      const message = fromBinary(registry.getMessage(typeNameOf(input.typeUrl))!, input.value) as Message & Input;
      const rule = RULES[name](message);
      if (rule === undefined) others++;
      else if (rule.refuses(message.val) !== (wanted.result.case === 'success')) passed++;
      else failed.push(`${name}: ${title}: ${JSON.stringify(message.val)}`);
    }
  }
  return { passed, failed, others };
}
