/** By the trace of the request that had an effect, the ledger tells which of many callers it belongs to. */
export default `
ALTER TABLE effects ADD COLUMN trace_id TEXT;
`;
