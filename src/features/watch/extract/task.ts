/** What a thread runs (kernel/pool): loaded there alone, since the parsers are heavy. `thread.ts` is how it is called. */
import { extract, type ExtractInput } from './extract.ts'
import { preview, type Preview } from './preview.ts'
import { render } from './render.ts'
import type { Extracted } from './result.ts'

export const extractTask = (input: ExtractInput): Extracted => extract(input)
export const previewTask = (input: ExtractInput): Preview => preview(input)
export const renderTask = (markdown: string): string => render(markdown)
