package frame

// Agreed has the negotiated options of a connection. The zero value is for other sources (RocketMQ, logs, captures).
type Agreed struct {
	Version byte // 0 = any from 1 to the newest
	Deflate bool
}

// checkHeader checks a header.
func checkHeader(f *Frame, agreed Agreed) error {
	_, known := messages[f.Type]
	handshake := f.Version == 0
	if known && isHandshake(f.Type) != handshake {
		return refuse("UNSUPPORTED_TYPE", "type %d does not go with version %d", f.Type, f.Version)
	}
	if !handshake && (f.Version > NewestVersion || (agreed.Version != 0 && f.Version != agreed.Version)) {
		return refuse("UNSUPPORTED_VERSION", "version %d", f.Version)
	}
	// A type of a later version is unknown.
	if !known || (f.Version == 1 && isOfVersion2(f.Type)) {
		return refuse("UNSUPPORTED_TYPE", "type %d is unknown", f.Type)
	}
	supported := uint16(FlagCompressed | FlagIgnorable)
	if handshake {
		supported = 0
	}
	if unknown := f.Flags & criticalFlags &^ supported; unknown != 0 {
		return refuse("UNSUPPORTED_FLAGS", "flag bits 0x%04x", unknown)
	}
	if f.Flags&FlagCompressed != 0 && !agreed.Deflate {
		return refuse("NOT_NEGOTIATED", "compressed frame, but deflate was not negotiated")
	}
	return nil
}

// SessionEvent and UplinkInfo.
func isOfVersion2(kind byte) bool { return kind == 11 || kind == 12 }

func isHandshake(kind byte) bool { return kind >= 64 && kind <= 66 }
