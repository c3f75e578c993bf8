import { useCallback, useEffect, useRef, useState } from 'react'

/**
 * Copies a text. `navigator.clipboard` exists only in secure contexts (https and loopback); elsewhere the old command
 * is used, which works after a click. Answers whether it worked.
 */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    const area = document.createElement('textarea')
    area.value = text
    area.setAttribute('aria-hidden', 'true')
    area.className = 'gh-off-screen'
    // Inside an open dialog the focus is trapped, so the area has to live there.
    const home = document.activeElement?.closest('[role="dialog"]') ?? document.body
    const before = document.activeElement
    home.append(area)
    area.select()
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- the only way outside secure contexts
    const copied = document.execCommand('copy')
    area.remove()
    if (before instanceof HTMLElement) before.focus()
    return copied
  }
}

/** Copies, and says for two seconds whether it worked. */
export function useCopy(): readonly ['copied' | 'failed' | undefined, (text: string) => void] {
  const [state, setState] = useState<'copied' | 'failed'>()
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  useEffect(() => () => clearTimeout(timer.current), [])
  const copy = useCallback((text: string) => {
    void copyText(text).then((worked) => {
      setState(worked ? 'copied' : 'failed')
      clearTimeout(timer.current)
      timer.current = setTimeout(() => setState(undefined), 2_000)
    })
  }, [])
  return [state, copy]
}
