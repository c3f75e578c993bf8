import { useEffect, useMemo } from 'react'
import './text.css'

/** The Markdown itself, with numbered lines that can be linked to (`#L12`). */
export function SourceText({ text }: { readonly text: string }) {
  const lines = useMemo(() => text.replace(/\n$/, '').split('\n'), [text])
  useEffect(() => {
    document.getElementById(window.location.hash.slice(1))?.scrollIntoView({ block: 'center' })
  }, [lines])
  return (
    <pre className="gh-source" tabIndex={0} aria-label="Source">
      {lines.map((line, i) => (
        <span key={i} id={`L${i + 1}`} className="gh-source-line">
          <a href={`#L${i + 1}`} tabIndex={-1} aria-label={`Line ${i + 1}`} data-line={i + 1} />
          <code>{line}</code>
        </span>
      ))}
    </pre>
  )
}
