// Amounts in words, the same wherever they stand: money and counts. No editor in here.

/** US dollars: whole cents from ten of them on, finer below. */
export function money(usd: number): string {
  return `$${usd.toFixed(usd > 0 && usd < 0.1 ? 4 : 2)}`;
}

/** `1 step`, `1,234 steps` */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${number.toLocaleString("en-US")} ${number === 1 ? one : many}`;
}
