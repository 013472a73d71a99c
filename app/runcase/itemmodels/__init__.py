"""Records as Qt rows. Looks at memory only; knows no widgets and no SQL."""
