import { useEffect, useRef, useState } from 'react'
import { CloseButton, TextInput } from '@mantine/core'
import { useDebouncedCallback, useHotkeys } from '@mantine/hooks'
import { IconSearch } from '@tabler/icons-react'

interface FilterBoxProps {
  readonly label: string
  readonly placeholder: string
  readonly value: string
  readonly onChange: (value: string) => void
}

/** A box that filters while one types (a quarter second after the last key). `/` jumps into it, Escape empties it. */
export function FilterBox({ label, placeholder, value, onChange }: FilterBoxProps) {
  const [text, setText] = useState(value)
  const box = useRef<HTMLInputElement>(null)
  const said = useRef(value)
  const say = useDebouncedCallback((next: string) => {
    said.current = next
    onChange(next)
  }, 250)
  // The address changed by other means (back, "Show all"): the box follows, unless it said so itself.
  useEffect(() => {
    if (value === said.current) return
    said.current = value
    setText(value)
  }, [value])
  useHotkeys([['/', () => box.current?.focus()]])
  const set = (next: string) => {
    setText(next)
    say(next)
  }
  return (
    <TextInput
      ref={box}
      className="gh-filter"
      aria-label={label}
      placeholder={placeholder}
      leftSection={<IconSearch size={15} aria-hidden />}
      rightSection={
        text === '' ? (
          <kbd className="gh-key" aria-hidden>
            /
          </kbd>
        ) : (
          <CloseButton size="sm" aria-label="Clear the filter" onClick={() => set('')} />
        )
      }
      value={text}
      onChange={(event) => set(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key === 'Escape' && text !== '') set('')
      }}
    />
  )
}
