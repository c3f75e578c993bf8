/** Somebody as lines speak of her: by her id, and by the addresses that she has or had. */
export interface Subject {
  readonly id: string
  readonly names: readonly string[]
}

export interface Said {
  /** Who did it, and to whom. */
  readonly subject_id: string
  readonly about_id: string
  readonly payload: string
}

/** Only addresses are looked for in texts: a short name would be found in words that have nothing to do with it. */
export const isAddress = (label: string): boolean => /^\S+@\S+$/.test(label)

/** Whether a line is by or about somebody, or names her anywhere in it. */
export function speaksOf({ id, names }: Subject): (line: Said) => boolean {
  const texts = [id, ...names].map((name) => name.toLowerCase())
  return ({ subject_id: by, about_id: about, payload }) => {
    if (by === id || about === id) return true
    const text = payload.toLowerCase()
    return texts.some((name) => stands(text, name))
  }
}

/** As a whole: `ada@acme.example` is no place of `da@acme.example`, nor `ada@acme.example.org` one of `ada@acme.example`. */
function stands(text: string, name: string): boolean {
  for (let at = text.indexOf(name); at !== -1; at = text.indexOf(name, at + 1)) {
    const before = text.slice(Math.max(0, at - 1), at)
    const after = text.slice(at + name.length, at + name.length + 2)
    if (!/[\w.%+-]/.test(before) && !/^(?:[\w-]|\.\w)/.test(after)) return true
  }
  return false
}
