import { Alert } from '@mantine/core'

/** Says where two texts were made by different extractors and could not be made again. */
export function Boundary({ text }: { readonly text: string }) {
  return (
    <Alert color="gray" mb="sm" title="An extractor changed in between">
      {text}
    </Alert>
  )
}
