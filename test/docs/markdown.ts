import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const ROOT = join(__dirname, '..', '..');

export function documentAt(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

/** The code blocks of a language, with the heading that each of them stands under. */
export function codeBlocks(text: string, language: string): Array<{ heading: string; code: string }> {
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\``, 'gm'))].map(({ index, 1: code }) => ({
    heading: [...withoutCode(text.slice(0, index)).matchAll(/^#+ (.*)$/gm)].pop()![1],
    code,
  }));
}

/** Links to files that do not exist, and to headings that their file does not have. */
export function deadLinks(path: string): string[] {
  const links = [...withoutCode(documentAt(path)).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link]) => link);
  return links.filter((link) => !/^https?:/.test(link)).filter((link) => {
    const [file, anchor] = link.split('#');
    const target = file === '' ? path : join(dirname(path), file);
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
