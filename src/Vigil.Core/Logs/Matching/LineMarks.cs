using System.Numerics;

namespace Vigil.Logs;

/// <summary>Which patterns may match a line, and of which that is already certain.</summary>
internal sealed class LineMarks(int patterns)
{
    private readonly ulong[] _possible = new ulong[(patterns + 63) / 64], _certain = new ulong[(patterns + 63) / 64];
    private int _from;   // the words before it are empty

    public void Add(int pattern, Proof proof)
    {
        var (word, bit) = (pattern >> 6, 1UL << (pattern & 63));
        _possible[word] |= bit;
        if (proof is Proof.Certain) _certain[word] |= bit;
        _from = Math.Min(_from, word);
    }

    /// <summary>Takes the lowest pattern out; false: none is left.</summary>
    public bool TryTake(out int pattern, out Proof proof)
    {
        for (; _from < _possible.Length; _from++)
        {
            if (_possible[_from] == 0) continue;
            var bit = BitOperations.TrailingZeroCount(_possible[_from]);
            proof = (_certain[_from] >> bit & 1) != 0 ? Proof.Certain : Proof.Possible;
            _possible[_from] &= ~(1UL << bit);
            _certain[_from] &= ~(1UL << bit);
            pattern = 64 * _from + bit;
            return true;
        }
        (pattern, proof) = (0, Proof.Possible);
        return false;
    }
}

/// <summary>What a text found in a line says of the pattern that requires it.</summary>
internal enum Proof { Possible, Certain }
