namespace Vigil.Logs;

/// <summary>Reads a piece of a file; answers with how many bytes there were.</summary>
public delegate int ReadAt(long offset, Span<byte> into);
