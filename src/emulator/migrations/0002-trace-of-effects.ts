/** Links each effect to the request that caused it. */
export default `
ALTER TABLE effects ADD COLUMN trace_id TEXT;
`;
