/**
 * Puts a text onto the clipboard; fails where the browser refuses. A text may still be on its way: a browser that
 * listens to a click alone (Safari) has to be asked in it.
 */
export async function copyText(text: string | Promise<string>): Promise<void> {
  if (typeof text === "string" || typeof ClipboardItem === "undefined") {
    await navigator.clipboard.writeText(await text);
    return;
  }
  const blob = text.then((whole) => new Blob([whole], { type: "text/plain" }));
  await navigator.clipboard.write([new ClipboardItem({ "text/plain": blob })]);
}
