import { existsSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { variables } from '@xsoar-intel/config';
import { describe, expect, it } from 'vitest';
import { commandLine, filesBelow, knownVariables, read, root } from './files.ts';

const pages = [
  ...['README.md', 'SECURITY.md', 'CONTRIBUTING.md'],
  ...['deploy/kubernetes/README.md', '.env.example'],
  ...filesBelow('docs', '.md'),
].map((file) => ({ file, text: read(file) }));

/** Names that belong to others: to compose, to Node, to Prometheus and Grafana, to the tests. */
const OTHERS = new Set([
  ...['REDIS_MAXMEMORY', 'HTTPS_PROXY'],
  // Of OpenTelemetry, whose exporter reads them itself.
  ...['OTEL_EXPORTER_OTLP_CERTIFICATE', 'OTEL_EXPORTER_OTLP_COMPRESSION'],
  'OTEL_RESOURCE_ATTRIBUTES',
  // Of the Python connector, as a group.
  ...['CONNECTOR_QUEUE_', 'METRICS_', 'FILTER_', 'BOARD_', 'HOLD_'],
]);
const PREFIXES = [...new Set(variables.map(({ name }) => name.split('_')[0]))].join('|');

/** Every line of code: of blocks, and what stands between backticks. */
function codeOf(text: string): string[] {
  const blocks = [...text.matchAll(/^ *```\w*\n([\s\S]*?)^ *```/gm)];
  const inline = text.replaceAll(/^ *```[\s\S]*?^ *```/gm, '').matchAll(/`([^`\n]+)`/g);
  return [
    ...blocks.flatMap(([, block = '']) => block.split('\n')),
    ...[...inline].map(([, code = '']) => code),
  ].map((line) => line.trim());
}

/** What a heading is called in a link. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .trim()
    .replaceAll(' ', '-');

describe.each(pages)('$file', ({ file, text }) => {
  it('names only variables that exist', () => {
    const names = text.match(new RegExp(`\\b(?:${PREFIXES})_[A-Z_]+\\b`, 'g')) ?? [];
    // Two underscores: a variable of OpenCTI itself.
    const ours = names.filter((name) => !name.includes('__') && !OTHERS.has(name));
    const unknown = ours.filter((name) => !knownVariables.has(name));
    expect(unknown).toEqual([]);
  });

  it('names only commands and options that exist', () => {
    for (const code of codeOf(text)) {
      // Not where it is the name of a namespace, an image or a folder.
      const call = /(?<!-n|-t|namespace)(?:^|[\s/])xsoar-intel ([a-z][a-z-]*)(.*)$/.exec(code);
      if (call === null) continue;
      const [, command = '', rest = ''] = call;
      expect([...commandLine.commands, 'help'], code).toContain(command);
      for (const [option] of (rest.split(' # ')[0] ?? '').matchAll(/(?<=\s)--[a-z-]+/g)) {
        expect([...commandLine.options, '--help'], code).toContain(option);
      }
    }
  });

  it('links to what exists', () => {
    for (const [, target = ''] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^[a-z]+:/.test(target)) continue;
      const [path = '', anchor] = target.split('#');
      const linked = path === '' ? file : normalize(join(dirname(file), path));
      expect(existsSync(join(root, linked)), target).toBe(true);
      if (anchor === undefined || !linked.endsWith('.md')) continue;
      const headings = [...read(linked).matchAll(/^#+ +(.*)$/gm)].map(([, heading = '']) =>
        anchorOf(heading),
      );
      expect(headings, target).toContain(anchor);
    }
  });
});
