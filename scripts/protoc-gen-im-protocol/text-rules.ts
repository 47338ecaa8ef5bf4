// The rules of the content of a string.
import { literal, regularExpression } from './quote.js';
import { either, type Rule, type Scope } from './rule.js';
import type { FieldSettings } from './settings.js';

export function textRules({ alphabet, forbidden, notBlank, notIn, notPrefix }: FieldSettings): Rule[] {
  const rules: Rule[] = [];
  // "A string consists of these characters alone", "a string has none of these characters".
  if (alphabet) rules.push(characterRule('alphabet', `[^${alphabet}]`, `not in [${alphabet}]`));
  if (forbidden) rules.push(characterRule('forbidden', `[${forbidden}]`, `in [${forbidden}], which is not allowed`));
  if (notBlank) {
    rules.push({
      name: 'not_blank',
      violated: (v, scope) => `${scope.wire('rules', 'isBlank')}(${v})`,
      text: () => literal('only white space'),
      refusesDefault: false,
    });
  }
  if (notIn.length > 0) {
    rules.push({
      name: 'not_in',
      violated: (v, scope) =>
        `${scope.constant(`/* @__PURE__ */ new ${scope.wire('rules', 'Names')}([${notIn.map(literal).join(', ')}])`)}.has(${v})`,
      text: () => literal(notIn.length === 1 ? 'the forbidden value' : `one of ${notIn.length} forbidden values`),
      refusesDefault: notIn.includes(''),
    });
  }
  if (notPrefix.length > 0) {
    rules.push({
      name: 'not_prefix',
      violated: (v) => {
        // Most texts begin with another character, which needs no call.
        const tests = notPrefix.map((prefix) => {
          const first = prefix === '' ? '' : `${v}[0] === ${literal(prefix[0])} && `;
          return `${first}${v}.startsWith(${literal(prefix)})`;
        });
        return tests.length === 1 ? tests[0] : `(${tests.join(' || ')})`;
      },
      text: () => literal(`begins with ${either(notPrefix.map((prefix) => JSON.stringify(prefix)))}`),
      refusesDefault: notPrefix.includes(''),
    });
  }
  return rules;
}

/** A rule that refuses the characters that the pattern finds. */
function characterRule(name: string, pattern: string, wanted: string): Rule {
  const found = (scope: Scope): string => scope.constant(regularExpression(pattern));
  return {
    name,
    // Many fields are empty, and a call of a regular expression costs more than this comparison.
    violated: (v, scope) => `${v} !== '' && ${found(scope)}.test(${v})`,
    text: (v, scope) => `${scope.wire('violations', 'gotCharacter')}(${v}, ${found(scope)}, ${literal(wanted)})`,
    refuses: pattern,
    refusesDefault: false,
  };
}
