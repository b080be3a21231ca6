import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as ts from 'typescript';

const ROOT = join(__dirname, '..', '..');

/** The files of a folder of the project whose name ends so, as the compiler reads them. */
export function sourcesIn(folder: string, ending: string): ts.SourceFile[] {
  const files = (readdirSync(join(ROOT, folder), { recursive: true }) as string[]).sort();
  return files.filter((file) => file.endsWith(ending)).map((file) => (
    ts.createSourceFile(file, readFileSync(join(ROOT, folder, file), 'utf8'), ts.ScriptTarget.Latest)
  ));
}

/** The texts in quotes inside of a node: all of them, or those among the arguments of calls of one function. */
export function textsIn(node: ts.Node, callee?: string): string[] {
  const texts: string[] = [];
  const visit = (one: ts.Node, inCall: boolean) => {
    if (inCall && (ts.isStringLiteralLike(one) || ts.isTemplateHead(one) || ts.isTemplateMiddleOrTemplateTail(one))) {
      texts.push(one.text);
    }
    const isCall = ts.isCallExpression(one) && ts.isIdentifier(one.expression) && one.expression.text === callee;
    ts.forEachChild(one, (child) => visit(child, inCall || isCall));
  };
  visit(node, callee === undefined);
  return texts;
}
