/** What all variants of the job get: one big file to the platform's storage. */
export interface UploadOptions {
	apiUrl: string;
	/** The file, and a smaller one to get warm. */
	file: string;
	warmUpFile: string;
}
