/** Where a button stands that lies beside a named field: as tall as the field and below its name, whatever help follows under it. */
export const BESIDE_FIELD = { flex: 'none', height: 32, mt: '21px' } as const;
