import './text.css'
import { Link, Loaded, useApi } from '#web/kit/index.ts'
import { blame } from '../schema.ts'
import type { Addresses } from './address.ts'
import { stampText } from './words.ts'

interface Props {
  readonly at: Addresses
  readonly page: string
  readonly stamp: string | undefined
}

/** Since when each line stands. Lines of one snapshot share a mark. */
export function Blame({ at, page, stamp }: Props) {
  const answer = useApi(['watch-blame', at.path], at.apiPage('blame', page), blame, {
    query: { at: stamp },
  })
  return (
    <Loaded of={answer}>
      {({ lines }) => (
        <div
          className="gh-table-scroll"
          role="region"
          aria-label="Lines with their age"
          tabIndex={0}
        >
          <table className="gh-blame">
            <tbody>
              {lines.map((line, i) => {
                const first = lines[i - 1]?.since !== line.since
                return (
                  <tr key={line.line} data-first={first || undefined}>
                    {first ? (
                      <th scope="row">
                        <Link to={`${at.page(page)}?at=${line.since}`} size="xs">
                          {stampText(line.since)}
                        </Link>
                      </th>
                    ) : (
                      <td />
                    )}
                    <td className="gh-blame-number">{line.line}</td>
                    <td>
                      <code>{line.text}</code>
                    </td>
                  </tr>
                )
              })}
            </tbody>
          </table>
        </div>
      )}
    </Loaded>
  )
}
