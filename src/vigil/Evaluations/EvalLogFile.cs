using Vigil.Platform;

namespace Vigil.Evaluations;

/// <summary>Opens one log of an evaluation.</summary>
internal static class EvalLogFile
{
    public static EvalReading Read(string path, ZstdSupport zstd)
    {
        try
        {
            using var file = RegularFile.Open(path);
            return EvalLogReader.Read(RandomAccess.GetLength(file), (offset, into) =>
            {
                var got = 0;
                while (got < into.Length && RandomAccess.Read(file, into[got..], offset + got) is > 0 and var more) got += more;
                return got;
            }, zstd);
        }
        catch (Exception refusal) when (refusal is IOException or UnauthorizedAccessException)
        {
            return new EvalReading.Refused(new EvalTrouble.CannotBeRead($"cannot be read: {refusal.Message}"));
        }
    }
}
