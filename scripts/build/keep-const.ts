// esbuild turns each top-level `const` of a chunk into a `var`. V8 then reloads every buffer, table and function on each use instead of treating it
// as a constant: decoding a chat message took 20 % longer. This restores `const`.
import ts from 'typescript';

/** Replaces `var` by `const` in top-level statements whose names are never reassigned. */
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

/** All names in a declaration or assignment target: `a`, `{ a, b: [c] }`; `a.b` and `a[i]` do not reassign `a`. */
function namesIn(node: ts.Node): string[] {
  if (ts.isIdentifier(node)) return [node.text];
  if (ts.isPropertyAccessExpression(node) || ts.isElementAccessExpression(node)) return [];
  const names: string[] = [];
  ts.forEachChild(node, (child) => {
    names.push(...namesIn(child));
  });
  return names;
}

/** All names that are reassigned or declared twice, in any scope: a false positive only leaves a `var`. */
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
