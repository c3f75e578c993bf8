import './watch.css'

/** `+41 −7`, with words for those who hear it. */
export function Sums({ added, removed }: { readonly added: number; readonly removed: number }) {
  return (
    <span className="gh-sums" aria-label={`${added} lines added, ${removed} removed`} role="img">
      <span data-zero={added === 0 || undefined} className="gh-sums-plus">
        +{added.toLocaleString('en')}
      </span>
      <span data-zero={removed === 0 || undefined} className="gh-sums-minus">
        −{removed.toLocaleString('en')}
      </span>
    </span>
  )
}
