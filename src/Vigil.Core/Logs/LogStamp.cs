namespace Vigil.Logs;

/// <summary>The time that a logger puts before its text, <c>2026-11-22 00:00:01,250</c>, as seconds: for intervals, since its zone is not known.</summary>
internal static class LogStamp
{
    private const int Searched = 100;

    public static bool TryRead(ReadOnlySpan<byte> line, out double seconds)
    {
        seconds = 0;
        if (line.Length > Searched) line = line[..Searched];
        for (var i = 0; i + 19 <= line.Length; i++)
            if (line[i + 4] == '-' && line[i + 7] == '-' && line[i + 13] == ':' && line[i + 16] == ':' && line[i + 10] is (byte)' ' or (byte)'T' && TryAt(line[i..], out seconds)) return true;
        return false;
    }

    private static bool TryAt(ReadOnlySpan<byte> text, out double seconds)
    {
        seconds = 0;
        Span<int> parts = stackalloc int[6];
        ReadOnlySpan<int> places = [0, 5, 8, 11, 14, 17];
        for (var p = 0; p < 6; p++)
            for (var i = places[p]; i < places[p] + (p == 0 ? 4 : 2); i++)
            {
                if ((uint)(text[i] - '0') > 9) return false;
                parts[p] = parts[p] * 10 + text[i] - '0';
            }
        if (parts[0] is < 1970 or > 9998 || parts[1] is < 1 or > 12 || parts[2] < 1 || parts[2] > DateTime.DaysInMonth(parts[0], parts[1]) || parts[3] > 23 || parts[4] > 59 || parts[5] > 59) return false;
        seconds = (new DateTime(parts[0], parts[1], parts[2], parts[3], parts[4], parts[5]) - DateTime.UnixEpoch).TotalSeconds;
        if (text.Length >= 23 && text[19] is (byte)',' or (byte)'.' && ByteScan.TryNumber(text.Slice(20, 3), out var thousandths)) seconds += thousandths / 1000;
        return true;
    }
}
