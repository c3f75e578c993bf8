import { problems } from './problem.ts'
import type { Route } from './route.ts'

const escape = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')

/** The API as one readable page without script: every route, who may call it, and every error code. */
export function apiPage(routes: readonly Route[], title: string, nonce: string): string {
  const groups = Map.groupBy(routes, (r) => r.id.split('.')[0] ?? '')
  const sections = [...groups].map(
    ([name, list]) =>
      `<section><h2 id="${escape(name)}">${escape(name)}</h2><table><thead><tr><th>Call</th><th>What it does</th><th>Who</th><th>Permission</th><th>Audit</th></tr></thead><tbody>${list.map(row).join('')}</tbody></table></section>`,
  )
  const errors = Object.entries(problems).map(
    ([code, [status, text]]) =>
      `<tr id="problem-${code}"><td><code>${code}</code></td><td>${status}</td><td>${escape(text)}</td></tr>`,
  )
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${escape(title)}</title><style nonce="${nonce}">${style}</style></head><body><main><h1>${escape(title)}</h1><p>Machine-readable: <a href="/api/v1/openapi.json">OpenAPI 3.1</a>. Call it with a service key: <code>Authorization: Bearer gh_key_…</code>. Lists take <code>limit</code> and <code>cursor</code>; <code>next</code> is the cursor of the next page, null at the end. Errors are <code>application/problem+json</code>; branch on <code>code</code>.</p><nav>${[...groups.keys()].map((n) => `<a href="#${escape(n)}">${escape(n)}</a>`).join(' ')}</nav>${sections.join('')}<section><h2 id="problems">Error codes</h2><table><thead><tr><th>Code</th><th>Status</th><th>Meaning</th></tr></thead><tbody>${errors.join('')}</tbody></table></section></main></body></html>`
}

function row(route: Route): string {
  const description =
    route.description === undefined ? '' : `<br><small>${escape(route.description)}</small>`
  const recent = route.recent === true ? ' <small>after a recent password</small>' : ''
  return `<tr id="${escape(route.id)}"><td><code>${route.method} ${escape(route.path)}</code></td><td>${escape(route.summary)}${description}</td><td>${route.auth.join(', ')}${recent}</td><td>${route.permission === null ? '–' : `<code>${escape(route.permission)}</code>`}</td><td>${route.audit === null ? '–' : `<code>${escape(route.audit)}</code>`}</td></tr>`
}

const style = `
:root { color-scheme: light dark; font: 14px/1.5 system-ui, sans-serif; }
body { margin: 0; background: light-dark(#fff, #16171a); color: light-dark(#1c1d20, #e6e6e8); }
main { max-width: 72rem; margin: 0 auto; padding: 2rem 1rem 4rem; }
section { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .4rem .75rem .4rem 0; border-bottom: 1px solid light-dark(#e4e4e7, #2e3036); }
code { font: 12.5px/1.5 ui-monospace, monospace; overflow-wrap: anywhere; }
small { color: light-dark(#5b5d64, #a2a4ac); }
a { color: light-dark(#2f5bd0, #8fb0ff); } nav a { margin-right: .75rem; }
tr:target { background: light-dark(#fff7d6, #3a3418); }`
