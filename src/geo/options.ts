import { z } from 'zod'
import { filePath } from '../base/scalars.ts'

/** `databases`: files in the MaxMind DB format. */
export const databasesSchema = z
  .strictObject({
    country: filePath()
      .exactOptional()
      .describe('MaxMind DB file (.mmdb) with countries; geoip and country need it.'),
    asn: filePath()
      .exactOptional()
      .describe('MaxMind DB file (.mmdb) with autonomous systems; asns and asn need it.'),
  })
  .prefault({})
  .describe('Databases of where addresses are registered; the memory they take is the size of the files.')

export type DatabasesOptions = z.output<typeof databasesSchema>
