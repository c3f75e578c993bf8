/** A sentence in which `backticks` mark what is written in a file. */
export function Marked({ text }: { readonly text: string }) {
  // An odd backtick at the end marks nothing: it stays as it is.
  return text
    .split(/(`[^`]+`)/)
    .map((part, index) =>
      part.startsWith('`') && part.length > 2 ? <code key={index}>{part.slice(1, -1)}</code> : part,
    )
}
