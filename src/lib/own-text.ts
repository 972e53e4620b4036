/**
 * A copy that shares no memory with the text that this one was cut from. A cut of a long text keeps the whole of it alive,
 * so whatever is kept for longer than a batch is copied first.
 */
export function ownText(text: string): string {
  // below this length the engine copies by itself
  if (text.length < 13) return text;
  const encoding = /[\u0100-\uffff]/.test(text) ? 'utf16le' : 'latin1';
  return Buffer.from(text, encoding).toString(encoding);
}
