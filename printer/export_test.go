package printer

// Encode makes the bytes of a job, for the benchmark of that alone.
func (d *Dev) Encode(job ...Raster) error {
	_, err := d.encode(job)
	return err
}
