// msgpack as every part of the bus writes and reads it: plain objects, no references and no records, whatever comes in.

import { Packr } from 'msgpackr'

export const packr: Packr = new Packr({
  useRecords: false,
  mapsAsObjects: true,
  structuredClone: false,
})
