import { Button } from '@mantine/core'

/** A short list as files, beside the act of its section. */
export const Downloads = ({ of: path, name }: { readonly of: string; readonly name: string }) =>
  (['csv', 'json'] as const).map((format) => (
    <Button
      key={format}
      component="a"
      href={`${path}?format=${format}`}
      download
      variant="subtle"
      size="compact-sm"
      aria-label={`${name} as ${format.toUpperCase()}`}
    >
      {format.toUpperCase()}
    </Button>
  ))
