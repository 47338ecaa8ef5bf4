// The rules of a field in the text form. Each is a character and its value:
//
//   >5 min   <5 max   (5 min_bytes   )5 max_bytes   [a-z alphabet   ]a-z forbidden   b not_blank   na|b not_in   pa|b not_prefix
//   {5 min_items   }5 max_items   u unique   T5 t type_url of an Any: maximum size, name   r required   v2 since   i2 since, ignorable   jname JSON name   oname proto name
//   0 the rules that follow allow the default   s secret   ~3 a rule beside the text
//
// Rules of elements or of a map's values follow a dot, those of keys a semicolon.
import { textsOf, unescapeText } from './escape.js';
import type { FieldPlan, PlannedTypes, ValueRule } from './plan.js';
import { isLong } from './types.js';

export function parseRules(field: FieldPlan, tokens: readonly string[], schema: PlannedTypes): void {
  let rules = field.rules;
  let orDefault = false;
  let { secret } = field;
  for (const token of tokens) {
    const code = token[0];
    const value = token.slice(1);
    switch (code) {
      case '.':
      case ';':
        rules = code === '.' ? field.items : field.keys;
        orDefault = false;
        secret = field.secret;
        break;
      case 'r':
        field.required = true;
        break;
      case 'i':
      case 'v':
        if (code === 'i') field.ignorable = true;
        if (value !== '') field.since = Number(value);
        break;
      case 'j':
        field.json = unescapeText(value);
        break;
      case 'o':
        field.proto = value;
        break;
      case '0':
        orDefault = true;
        break;
      case '~':
        rules.push(schema.rules[Number(value)]);
        break;
      case 's':
        // A list or map with a secret part is redacted as a whole.
        field.sensitive = secret = true;
        field[rules === field.keys ? 'secretKeys' : 'secretItems'] = true;
        break;
      default:
        rules.push({ code, limit: limitOf(code, value, rules === field.keys ? field.keyOp : field.op), orDefault, secret });
    }
  }
}

function limitOf(code: string, value: string, op: number): ValueRule['limit'] {
  if (code === '>' || code === '<') return isLong(op) ? BigInt(value) : Number(value);
  if (code === '[' || code === ']') return unescapeText(value);
  return code === 'n' || code === 'p' ? textsOf(value) : Number(value);
}
