import { gzipSync } from 'node:zlib';
import { Answer } from '../support/scripted-registry';

export type Framing =
  'chunked' | 'until-close' | 'http-1.0' | 'interim' | 'too-long' | 'too-short' | 'bare-lf' | 'bad-header' | 'folded' | 'two-lengths' | 'no-reason' | 'gzip';

/** The same answer in other words of HTTP. */
export function frame(answer: Answer, framing: Framing, method: string): Answer {
  if (answer.fault !== undefined) {
    return answer;
  }
  const body = Buffer.from(answer.body ?? '').toString();
  const compressed = gzipSync(body);
  if (framing === 'gzip') {
    return { ...answer, headers: { ...answer.headers, 'content-encoding': 'gzip' }, body: compressed };
  }
  const length = Buffer.byteLength(body);
  const lines = Object.entries(answer.headers ?? {}).flatMap(([name, value]) => [value].flat().map((one) => `${name}: ${one}`));
  const size: Partial<Record<Framing, string[]>> = {
    'chunked': ['Transfer-Encoding: chunked'],
    'until-close': [],
    'http-1.0': [],
    'too-long': [`Content-Length: ${length + 10}`],
    'too-short': [`Content-Length: ${Math.max(0, length - 10)}`],
    'two-lengths': [`Content-Length: ${length}`, `Content-Length: ${length}`],
    'bad-header': [`Content-Length: ${length}`, 'Something without a colon'],
    'folded': [`Content-Length: ${length}`, 'X-Folded: one', ' two'],
  };
  const start = `HTTP/1.${framing === 'http-1.0' ? 0 : 1} ${answer.status ?? 200}${framing === 'no-reason' ? '' : ' As scripted'}`;
  const interim = framing === 'interim' ? 'HTTP/1.1 103 Early Hints\r\nLink: </style.css>\r\n\r\n' : '';
  const head = [start, ...lines, ...size[framing] ?? [`Content-Length: ${length}`], 'Connection: close', '', ''].join(framing === 'bare-lf' ? '\n' : '\r\n');
  const chunks = framing === 'chunked' ? `${length === 0 ? '' : `${length.toString(16)}\r\n${body}\r\n`}0\r\n\r\n` : body;
  return { raw: `${interim}${head}${method === 'HEAD' ? '' : chunks}` };
}
