"""What a params file may say: its schema, its names, its template."""
