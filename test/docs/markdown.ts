import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const ROOT = join(__dirname, '..', '..');
/** Where the README points to, so that its links live on npm and PyPI. */
const REPOSITORY = /^https:\/\/(?:github\.com\/cdk-private-registry\/cdk-private-registry\/(?:blob|tree)|raw\.githubusercontent\.com\/cdk-private-registry\/cdk-private-registry)\/main\//;

export function documentAt(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

/** README, CONTRIBUTING and everything in docs. */
export function allDocuments(): string[] {
  return ['README.md', 'CONTRIBUTING.md', ...readdirSync(join(ROOT, 'docs')).filter((name) => name.endsWith('.md')).map((name) => `docs/${name}`)];
}

/** The code blocks of a language, with the heading that each of them stands under. */
export function codeBlocks(text: string, language: string): Array<{ heading: string; code: string }> {
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\``, 'gm'))].map(({ index, 1: code }) => ({
    heading: [...withoutCode(text.slice(0, index)).matchAll(/^#+ (.*)$/gm)].pop()![1],
    code,
  }));
}

/** The targets of all links and pictures. */
export function linksIn(text: string): string[] {
  return [...withoutCode(text).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link]) => link);
}

/** Links to files that do not exist, and to headings that their file does not have. URLs of this repository count as its files. */
export function deadLinks(path: string): string[] {
  return linksIn(documentAt(path)).filter((link) => REPOSITORY.test(link) || !/^https?:/.test(link)).filter((link) => {
    const [file, anchor] = link.replace(REPOSITORY, '').split('#');
    const target = file === '' ? path : join(REPOSITORY.test(link) ? '' : dirname(path), file);
    return !existsSync(join(ROOT, target)) || (anchor !== undefined && !anchorsOf(documentAt(target)).includes(anchor));
  });
}

/** As GitHub makes them. */
function anchorsOf(text: string): string[] {
  return [...withoutCode(text).matchAll(/^#+ (.*)$/gm)]
    .map(([, heading]) => heading.toLowerCase().replace(/[^\w -]/g, '').replace(/ /g, '-'));
}

function withoutCode(text: string): string {
  return text.replace(/^```[^]*?^```$/gm, '');
}
