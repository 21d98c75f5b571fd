/**
 * Makes a function that takes a key out of texts: servers and proxies may echo
 * what they were sent. The key as JSON would write it is taken out too.
 */
export function redactor(key: string): (text: string) => string {
  const spellings = [...new Set([key, JSON.stringify(key).slice(1, -1)])];
  return (text) => spellings.reduce((rest, spelling) => rest.replaceAll(spelling, '***'), text);
}
