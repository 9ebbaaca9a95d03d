// A behaviour's own tab in the devtool: a list of its actors, whose columns are what `describe()` tells of each.

import { SluiceError } from './errors.ts'

export interface Tab {
  /** As the devtool names it: 1 to 40 characters. */
  readonly title: string
  /** Which columns of `describe()`, in this order; 1 to 16. Default: all, as they come. */
  readonly columns?: readonly string[]
  /** The column by which it is sorted at first, the least on top; with `down` the greatest. Default: as the actors come. */
  readonly sort?: { readonly by: string; readonly down?: boolean }
}

const longestTitle = 40
const mostColumns = 16
const known: readonly string[] = ['title', 'columns', 'sort']

/** A tab in full, checked; undefined without one. Types are no promise at run time: what is wrong is named. */
export function resolveTab(given: string | Tab | undefined): Tab | undefined {
  if (given === undefined) return undefined
  const tab = (typeof given === 'string' ? { title: given } : given) as Partial<Tab> | null
  if (typeof tab !== 'object' || tab === null) throw invalid('tab: expected a title, or an object')
  const { title, columns, sort } = tab
  const stranger = Object.keys(tab).find((name) => !known.includes(name))
  if (stranger !== undefined)
    throw invalid(`tab.${stranger}: unknown, known are ${known.join(', ')}`)
  if (!isText(title) || title.trim() === '' || title.length > longestTitle) {
    throw invalid(`tab.title: expected 1 to ${longestTitle} characters`)
  }
  if (columns !== undefined && !areColumns(columns)) {
    throw invalid(`tab.columns: expected 1 to ${mostColumns} names, none of them twice`)
  }
  if (sort !== undefined && !isSort(sort, columns)) {
    throw invalid(`tab.sort: expected { by, down? }, where by is one of the columns`)
  }
  return { title, ...(columns && { columns: [...columns] }), ...(sort && { sort: { ...sort } }) }
}

function areColumns(given: unknown): given is string[] {
  if (!Array.isArray(given) || given.length === 0 || given.length > mostColumns) return false
  return given.every(isText) && new Set(given).size === given.length
}

function isSort(given: unknown, columns: readonly string[] | undefined): boolean {
  if (typeof given !== 'object' || given === null) return false
  const { by, down = false, ...others } = given as { by?: unknown; down?: unknown }
  if (Object.keys(others).length > 0) return false
  return isText(by) && typeof down === 'boolean' && (columns?.includes(by) ?? true)
}

function isText(given: unknown): given is string {
  return typeof given === 'string' && given !== ''
}

function invalid(message: string): SluiceError {
  return new SluiceError('option_invalid', message)
}
