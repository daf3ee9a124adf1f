// Runs the C and C++ libraries that Rachis is measured against, in process, on the files that rachis bench --inputs writes.
//
//   peers decode LIBRARY FILE TIMES PASSES     LIBRARY: dcmtk, gdcm, openjpeg, openjpeg-threads, charls
//   peers index LIBRARY DIR PASSES             LIBRARY: dcmtk, gdcm
//
// It prints the median of the passes in seconds, of processor time and by the clock. It is built by .ci/bench-peers and is no part of Rachis.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <sstream>
#include <string>
#include <sys/resource.h>
#include <thread>
#include <vector>

#include <charls/charls.h>
#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcrledrg.h>
#include <dcmtk/dcmdata/dcpixseq.h>
#include <dcmtk/dcmdata/dcpxitem.h>
#include <dcmtk/dcmdata/dctk.h>
#include <dcmtk/dcmjpeg/djdecode.h>
#include <dcmtk/dcmjpls/djdecode.h>
#include <gdcmImageReader.h>
#include <gdcmReader.h>
#include <gdcmTag.h>
#include <openjpeg.h>

static double cpu() {
	rusage u;
	getrusage(RUSAGE_SELF, &u);
	return u.ru_utime.tv_sec + u.ru_stime.tv_sec + 1e-6 * (u.ru_utime.tv_usec + u.ru_stime.tv_usec);
}

static double clock_now() {
	return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

[[noreturn]] static void fail(const std::string &what) {
	fprintf(stderr, "peers: %s\n", what.c_str());
	exit(1);
}

static void measure(int passes, const std::function<void()> &pass) {
	std::vector<double> c, w;
	for (int i = -1; i < passes; i++) {
		double c0 = cpu(), w0 = clock_now();
		pass();
		if (i < 0) continue;  // the first one does not count
		c.push_back(cpu() - c0);
		w.push_back(clock_now() - w0);
	}
	std::sort(c.begin(), c.end());
	std::sort(w.begin(), w.end());
	printf("%.6f %.6f\n", c[c.size() / 2], w[w.size() / 2]);
}

// The compressed bytes of the first frame, by dcmtk.
static std::vector<unsigned char> codestream(const char *path) {
	DcmFileFormat file;
	if (file.loadFile(path).bad()) fail(std::string("cannot read ") + path);
	file.loadAllDataIntoMemory();
	DcmElement *e = nullptr;
	file.getDataset()->findAndGetElement(DCM_PixelData, e);
	DcmPixelData *p = OFstatic_cast(DcmPixelData *, e);
	E_TransferSyntax syntax = EXS_Unknown;
	const DcmRepresentationParameter *parameter = nullptr;
	p->getOriginalRepresentationKey(syntax, parameter);
	DcmPixelSequence *sequence = nullptr;
	if (p->getEncapsulatedRepresentation(syntax, parameter, sequence).bad()) fail("it is not compressed");
	std::vector<unsigned char> out;
	for (unsigned long i = 1; i < sequence->card(); i++) {
		DcmPixelItem *item = nullptr;
		Uint8 *bytes = nullptr;
		sequence->getItem(item, i);
		item->getUint8Array(bytes);
		out.insert(out.end(), bytes, bytes + item->getLength());
	}
	return out;
}

struct Memory {
	const unsigned char *data;
	size_t size, at;
};

static OPJ_SIZE_T mread(void *to, OPJ_SIZE_T n, void *user) {
	Memory *m = (Memory *)user;
	if (m->at >= m->size) return (OPJ_SIZE_T)-1;
	n = std::min<size_t>(n, m->size - m->at);
	memcpy(to, m->data + m->at, n);
	m->at += n;
	return n;
}

static OPJ_OFF_T mskip(OPJ_OFF_T n, void *user) {
	((Memory *)user)->at += n;
	return n;
}

static OPJ_BOOL mseek(OPJ_OFF_T at, void *user) {
	((Memory *)user)->at = at;
	return OPJ_TRUE;
}

static void openjpeg(const std::vector<unsigned char> &data, int threads) {
	Memory m{data.data(), data.size(), 0};
	opj_stream_t *stream = opj_stream_default_create(OPJ_TRUE);
	opj_stream_set_user_data(stream, &m, nullptr);
	opj_stream_set_user_data_length(stream, m.size);
	opj_stream_set_read_function(stream, mread);
	opj_stream_set_skip_function(stream, mskip);
	opj_stream_set_seek_function(stream, mseek);
	opj_codec_t *codec = opj_create_decompress(OPJ_CODEC_J2K);
	opj_dparameters_t parameters;
	opj_set_default_decoder_parameters(&parameters);
	opj_image_t *image = nullptr;
	if (!opj_setup_decoder(codec, &parameters)) fail("openjpeg: setup");
	if (threads > 1) opj_codec_set_threads(codec, threads);
	if (!opj_read_header(stream, codec, &image) || !opj_decode(codec, stream, image) || !opj_end_decompress(codec, stream)) fail("openjpeg: it does not decode");
	opj_image_destroy(image);
	opj_destroy_codec(codec);
	opj_stream_destroy(stream);
}

static void decode(const std::string &library, const char *path, int times, int passes) {
	if (library == "dcmtk") {
		DcmFileFormat file;
		if (file.loadFile(path).bad()) fail(std::string("cannot read ") + path);
		file.loadAllDataIntoMemory();
		DcmDataset *d = file.getDataset();
		DcmElement *e = nullptr;
		d->findAndGetElement(DCM_PixelData, e);
		DcmPixelData *p = OFstatic_cast(DcmPixelData *, e);
		Uint32 size = 0;
		if (p->getUncompressedFrameSize(d, size).bad()) fail("dcmtk: frame size");
		std::vector<unsigned char> buffer(size + 1);
		measure(passes, [&] {
			for (int i = 0; i < times; i++) {
				Uint32 start = 0;
				OFString color;
				OFCondition c = p->getUncompressedFrame(d, 0, start, buffer.data(), size, color);
				if (c.bad()) fail(std::string("dcmtk: ") + c.text());
			}
		});
		return;
	}
	if (library == "gdcm") {
		std::ifstream in(path, std::ios::binary);
		std::stringstream all;
		all << in.rdbuf();
		std::vector<char> buffer;
		measure(passes, [&] {
			for (int i = 0; i < times; i++) {
				std::istringstream s(all.str());
				gdcm::ImageReader reader;
				reader.SetStream(s);
				if (!reader.Read()) fail("gdcm: it does not read");
				buffer.resize(reader.GetImage().GetBufferLength());
				if (!reader.GetImage().GetBuffer(buffer.data())) fail("gdcm: it does not decode");
			}
		});
		return;
	}
	std::vector<unsigned char> data = codestream(path);
	if (library == "charls") {
		std::vector<unsigned char> buffer;
		measure(passes, [&] {
			for (int i = 0; i < times; i++) {
				charls::jpegls_decoder decoder{data, true};
				buffer.resize(decoder.destination_size());
				decoder.decode(buffer);
			}
		});
	} else if (library == "openjpeg" || library == "openjpeg-threads") {
		int threads = library == "openjpeg" ? 1 : (int)std::thread::hardware_concurrency();
		measure(passes, [&] {
			for (int i = 0; i < times; i++) openjpeg(data, threads);
		});
	} else {
		fail("no library " + library);
	}
}

static void index(const std::string &library, const char *dir, int passes) {
	int found = 0;
	measure(passes, [&] {
		found = 0;
		for (const auto &e : std::filesystem::recursive_directory_iterator(dir)) {
			if (!e.is_regular_file()) continue;
			std::string path = e.path().string();
			if (library == "dcmtk") {
				DcmFileFormat file;
				OFString v;
				if (file.loadFileUntilTag(path.c_str(), EXS_Unknown, EGL_noChange, DCM_MaxReadLength, ERM_fileOnly, DCM_PixelData).bad()) continue;
				for (const DcmTagKey &t : {DCM_PatientID, DCM_StudyInstanceUID, DCM_SeriesInstanceUID, DCM_SOPInstanceUID}) file.getDataset()->findAndGetOFString(t, v);
				found++;
			} else {
				gdcm::Reader reader;
				reader.SetFileName(path.c_str());
				if (reader.ReadUpToTag(gdcm::Tag(0x7fe0, 0x0010))) found++;
			}
		}
	});
	fprintf(stderr, "%s: %d files\n", library.c_str(), found);
}

int main(int argc, char **argv) {
	OFLog::configure(OFLogger::FATAL_LOG_LEVEL);
	DJDecoderRegistration::registerCodecs();
	DJLSDecoderRegistration::registerCodecs();
	DcmRLEDecoderRegistration::registerCodecs();
	if (argc == 6 && !strcmp(argv[1], "decode")) {
		decode(argv[2], argv[3], atoi(argv[4]), atoi(argv[5]));
	} else if (argc == 5 && !strcmp(argv[1], "index")) {
		index(argv[2], argv[3], atoi(argv[4]));
	} else {
		fail("usage: peers decode LIBRARY FILE TIMES PASSES | peers index LIBRARY DIR PASSES");
	}
}
