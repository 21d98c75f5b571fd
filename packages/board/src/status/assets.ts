import { readFileSync } from 'node:fs';

/** A file that the status page refers to. */
export interface Asset {
  path: string;
  type: string;
  body: string;
}

const asset = (name: string, type: string): Asset => ({
  path: `/${name}`,
  type,
  body: readFileSync(new URL(`../../assets/${name}`, import.meta.url), 'utf8'),
});

/** Reads style, script and icons of the status page. */
export function loadAssets(): Asset[] {
  return [
    asset('status.css', 'text/css'),
    asset('status.js', 'text/javascript'),
    ...['good', 'attention', 'trouble'].map((level) =>
      asset(`favicon-${level}.svg`, 'image/svg+xml'),
    ),
  ];
}
