{-# LANGUAGE LambdaCase, RecordWildCards #-}
{-# LANGUAGE GADTs #-}

-- | Accounts and what happens to them.
module Bank.Ledger
  ( Account (..)
  , Entry
  , balance
  , module Data.Maybe
  ) where

import qualified Data.Map.Strict as Map
import Data.List (sortBy, foldl')
import Data.Maybe hiding (fromJust)
import Prelude

infixl 6 <+>

type Name = String
newtype Cents = Cents { unCents :: Integer } deriving (Eq, Ord)

-- | One account.
--
-- It may be empty.
data Account a = Account
  { owner :: !Name      -- ^ whose it is
  , entries, drafts :: [Entry a]
  }
  | Closed Name
  | Cents :-: Cents
  deriving stock (Show)

data Entry a where
  In :: Cents -> Entry a
  Out :: { amount :: Cents, to :: Maybe a } -> Entry a

class Monoid m => Ledger m where
  type Key m :: *
  insert :: Key m -> Cents -> m -> m
  size, depth :: m -> Int
  size _ = 0
  (<+>) :: m -> m -> m
  {-# MINIMAL insert #-}

instance Semigroup Cents where
  Cents a <> Cents b = Cents (a + b)

instance (Show a) => Show (Entry a) where
  show (In c) = "in " ++ show (unCents c)
  show Out{..} = shown amount
    where
      shown :: Cents -> String
      shown = show . unCents

{- | What is left.

Slow. -}
balance :: Account a -> Cents
balance (Closed _) = Cents 0
balance acc@Account { entries = es } =
  foldl' step (Cents 0) es
  where
    step total = \case
      In c -> total <> c
      Out { amount = Cents c } -> negated c total
    negated c (Cents t)
      | c > t, let rest = t - c, rest < limit = Cents rest
      | otherwise = Cents (t - c)
    limit = 100

-- Adds two.
(|+|) :: Int -> Int -> Int
a |+| b = a `plus` b where plus x y = x + y

twice :: (a -> a) -> a -> a
twice f = f . f

(low, high) = (1, 2)

report :: Map.Map Name (Account Int) -> IO ()
report accounts = do
  let total = sum [unCents (balance acc) | acc <- Map.elems accounts, not (null (entries acc))]
      label n = "n" ++ show n
  line <- getLine
  case Map.lookup line accounts of
    Just found | isClosed found -> pure ()
               | otherwise -> mapM_ (\entry -> print entry) (entries found)
    Nothing -> putStrLn $ label total
  let updated = (Account line [] []) { owner = line }
  if total > fromIntegral low
    then print (twice (+ 1) total)
    else print updated
  where
    isClosed Closed{} = True
    isClosed _ = False

foreign import ccall "math.h sin" c_sin :: Double -> Double

main = report Map.empty
