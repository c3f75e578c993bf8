import { escapeHtml } from '#history/index.ts'

/** The Markdown itself, to be read as it is. */
export const asIs = (markdown: string): string => `<pre>${escapeHtml(markdown)}</pre>`
