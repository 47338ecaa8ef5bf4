// esbuild makes `var` of every `const` at the top of a chunk. V8 then loads each scratch buffer, table and native function anew wherever
// it is used, where it would take a `const` for the constant that it is: decoding a chat message took 20 % longer.
import ts from 'typescript';

/** The code with `const` instead of `var` at the top level where no name of the statement is ever assigned again. */
export function keepConst(code: string): string {
  const file = ts.createSourceFile('chunk.js', code, ts.ScriptTarget.ES2022, false, ts.ScriptKind.JS);
  const assigned = assignedNames(file);
  const starts = file.statements
    .filter((statement) => ts.isVariableStatement(statement) && isConstant(statement.declarationList, assigned))
    .map((statement) => (statement as ts.VariableStatement).declarationList.getStart(file));
  let kept = '';
  let from = 0;
  for (const start of starts) {
    kept += `${code.slice(from, start)}const`;
    from = start + 'var'.length;
  }
  return kept + code.slice(from);
}

function isConstant(list: ts.VariableDeclarationList, assigned: ReadonlySet<string>): boolean {
  const isVar = (list.flags & ts.NodeFlags.BlockScoped) === 0;
  return (
    isVar &&
    list.declarations.every(({ name, initializer }) => initializer !== undefined && namesIn(name).every((n) => !assigned.has(n)))
  );
}

/** All names in what is declared or assigned to: `a`, `{ a, b: [c] }`; `a.b` and `a[i]` leave `a` what it is. */
function namesIn(node: ts.Node): string[] {
  if (ts.isIdentifier(node)) return [node.text];
  if (ts.isPropertyAccessExpression(node) || ts.isElementAccessExpression(node)) return [];
  const names: string[] = [];
  ts.forEachChild(node, (child) => {
    names.push(...namesIn(child));
  });
  return names;
}

/** Every name that is assigned to or declared twice, wherever it stands: one that only looks the same costs nothing but a `var`. */
function assignedNames(file: ts.SourceFile): Set<string> {
  const names = new Set<string>();
  const declared = new Set<string>();
  const add = (node: ts.Node): void => {
    for (const name of namesIn(node)) names.add(name);
  };
  const visit = (node: ts.Node): void => {
    if (ts.isBinaryExpression(node) && isAssignment(node.operatorToken.kind)) add(node.left);
    if (ts.isPrefixUnaryExpression(node) || ts.isPostfixUnaryExpression(node)) add(node.operand);
    if (ts.isForInStatement(node) || ts.isForOfStatement(node)) add(node.initializer);
    ts.forEachChild(node, visit);
  };
  visit(file);
  for (const statement of file.statements) {
    const list = ts.isVariableStatement(statement)
      ? statement.declarationList.declarations.flatMap(({ name }) => namesIn(name))
      : [];
    for (const name of list) (declared.has(name) ? names : declared).add(name);
  }
  return names;
}

function isAssignment(kind: ts.SyntaxKind): boolean {
  return kind >= ts.SyntaxKind.FirstAssignment && kind <= ts.SyntaxKind.LastAssignment;
}
